/* Writes as Cleo would: from her texts, and from those of others about the same things. */
#include <stdio.h>

#include <drp/drp.h>

static int show(void *ctx, struct drp_sv piece)
{
    (void)ctx;
    printf("%.*s", DRP_SV_ARG(piece));
    return fflush(stdout);
}

int main(int argc, char **argv)
{
    const struct drp_text own[] = {
        {.item_title = DRP_SV("Swan kettle"),
         .title = DRP_SV("Happiest mornings!"),
         .text = DRP_SV("Oh, I just love this little kettle! It sits there like a swan!")},
        {.item_title = DRP_SV("Iron skillet"),
         .title = DRP_SV("Beautiful but oof!"),
         .text = DRP_SV("The cornbread was pure joy, all golden! But oh, my poor wrists!")},
    };
    const struct drp_text others[] = {
        {.author = DRP_SV("hugo"),
         .item_title = DRP_SV("Swan kettle"),
         .text = DRP_SV("Checked with a probe: set to 80 °C it stops at 80.6.")},
        {.author = DRP_SV("ada"),
         .item_title = DRP_SV("Swan kettle"),
         .text = DRP_SV("Fast. Quiet until the end. Then a beep.")},
        {.author = DRP_SV("ada"),
         .item_title = DRP_SV("Iron skillet"),
         .text = DRP_SV("Heavy. Two hands, always. The crust is perfect.")},
        {.author = DRP_SV("iris"),
         .item_title = DRP_SV("Iron skillet"),
         .text = DRP_SV("It is probably a good pan, and I suspect the fault is mine.")},
    };
    const struct drp_person cleo = {DRP_SV("cleo"), own, 2, others, 4};
    const struct drp_text target = {.item_title = DRP_SV("Reading lamp"),
                                    .item_description =
                                        DRP_SV("Clips on; three warm tones."),
                                    .title = DRP_SV("My cosy corner!"),
                                    .rating = 5};
    const struct drp_choice choices[] = {{"peers", "2"},
                                         {"max-tokens", "96"},
                                         {"model", argc > 1 ? argv[1] : NULL}};
    const struct drp_write_opts opts = {.on_piece = show};
    struct drp_writer *writer = NULL;
    struct drp_written *text = NULL;
    struct drp_err err = {0};

    int rc = drp_writer_new(&writer, &err);
    for (int i = 0; rc == 0 && i < (argc > 1 ? 3 : 2); i++) /* else the bundled model */
        rc = drp_writer_set(writer, choices[i].name, choices[i].value, &err);
    if (rc == 0)
        rc = drp_writer_open(writer, &err);
    if (rc == 0)
        rc = drp_write(writer, &cleo, &target, &opts, &text, &err);
    printf("\n");
    for (size_t i = 0; rc == 0 && i < text->n_differences; i++)
        printf("%s %s: %s\n", text->differences[i].kept ? "+" : "-",
               text->differences[i].name.ptr, text->differences[i].description.ptr);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.text);
    drp_written_free(text);
    drp_writer_free(writer);
    return rc < 0;
}
