/* A method of one's own: it asks a model how the person's texts differ from those of others, in one question, and
 * writes by the answer. Given twice with the same journal it asks nothing the second time.
 *
 *     bring_method JOURNAL [SPEC] */
#include <stdio.h>

#include <drp/drp.h>

enum { SHOWN = 3 };

/* Comparisons side by side, then the question. */
static int profile(struct drp_work *work, void *ctx, struct drp_err *err)
{
    size_t n;
    const struct drp_comparison *comparisons = drp_work_comparisons(work, &n);
    struct drp_sv shown = DRP_SV("");
    struct drp_sv answer;
    (void)ctx;
    if (n == 0)
        return 0; /* nobody to compare with */
    for (size_t i = 0; i < n && i < SHOWN; i++)
        shown = drp_work_text(work, "%.*s\nThis person: %.*s\nSomebody else: %.*s\n",
                              DRP_SV_ARG(shown), DRP_SV_ARG(comparisons[i].own[0].text),
                              DRP_SV_ARG(comparisons[i].others[0].text));
    const struct drp_message message = {
        DRP_ROLE_USER,
        drp_work_text(work, "%.*s\nIn one sentence: how does this person write?",
                      DRP_SV_ARG(shown))};
    const struct drp_question question = {&message, 1};
    const int rc = drp_work_ask(work, DRP_STEP_STUDY, &question, 1, &answer, err);
    if (rc == 0)
        drp_work_set_profile(work, answer);
    return rc;
}

static int write_text(struct drp_work *work, void *ctx, struct drp_err *err)
{
    const struct drp_text *target = drp_work_target(work);
    const struct drp_sv known = drp_work_profile(work);
    struct drp_sv answer;
    (void)ctx;
    const struct drp_message messages[] = {
        {DRP_ROLE_SYSTEM,
         drp_work_text(work, "You write like this: %.*s", DRP_SV_ARG(known))},
        {DRP_ROLE_USER,
         drp_work_text(work, "Review this, titled \"%.*s\": %.*s. %.*s",
                       DRP_SV_ARG(target->title), DRP_SV_ARG(target->item_title),
                       DRP_SV_ARG(target->item_description))},
    };
    const struct drp_question question = {messages, 2};
    const int rc = drp_work_ask(work, DRP_STEP_WRITE, &question, 1, &answer, err);
    if (rc == 0)
        drp_work_set_text(work, answer);
    return rc;
}

int main(int argc, char **argv)
{
    const struct drp_text own[] = {
        {.item = DRP_SV("kettle"),
         .title = DRP_SV("It beeps"),
         .text = DRP_SV("Who decided that hot water needed an announcement?")},
    };
    const struct drp_text others[] = {
        {.author = DRP_SV("cleo"),
         .item = DRP_SV("kettle"),
         .text = DRP_SV("Oh, I just love this little kettle!")},
        {.author = DRP_SV("jonas"),
         .item = DRP_SV("kettle"),
         .text = DRP_SV("its ok i guess. looks sick on the counter")},
    };
    const struct drp_own_method mirror = {"mirror", profile, write_text, NULL};
    const struct drp_choice choices[] = {
        {"method", "mirror"},
        {"peers", "1"},
        {"max-tokens", "48"},
        {"journal", argc > 1 ? argv[1] : "mirror.db"},
        {"model", argc > 2 ? argv[2] : NULL},
    };
    const size_t n_choices = argc > 2 ? 5 : 4; /* without: the bundled model */
    const struct drp_person dirk = {DRP_SV("dirk"), own, 1, others, 2};
    const struct drp_text target = {.item_title = DRP_SV("Expanding hose"),
                                    .item_description = DRP_SV("Fifteen metres, folds up"),
                                    .title = DRP_SV("It expands")};
    struct drp_writer *writer = NULL;
    struct drp_written *text = NULL;
    struct drp_err err = {0};

    int rc = drp_writer_new(&writer, &err);
    if (rc == 0)
        rc = drp_writer_add_method(writer, &mirror, &err);
    for (size_t i = 0; rc == 0 && i < n_choices; i++)
        rc = drp_writer_set(writer, choices[i].name, choices[i].value, &err);
    if (rc == 0)
        rc = drp_writer_open(writer, &err);
    if (rc == 0)
        rc = drp_write(writer, &dirk, &target, NULL, &text, &err);
    if (rc == 0)
        printf("profile: %s\ntext: %s\n", text->profile.ptr, text->text.ptr);
    else
        fprintf(stderr, "%s\n", err.text);
    drp_written_free(text);
    drp_writer_free(writer);
    return rc < 0;
}
