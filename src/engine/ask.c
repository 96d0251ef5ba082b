#include "engine/ask.h"

#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"

#include "base/banned.h"

#define MAX_ANSWER_BYTES ((size_t)16 << 20)
#define POLL_MS                                                                          \
    50 /* how soon a raised cancel flag is seen: a signal handler cannot wake a waiter */

struct seat;

/* One question on its way; heap, shared by the threads that wait for it. Until it has
 * landed, `job` is its leader's and the back-end's alone; afterwards nobody changes
 * it. */
struct drp_flight {
    struct drp_key key;
    struct drp_call call; /* the leader's, sampling resolved; the job points here */
    struct drp_job job;
    bool from_journal, submitted;
    /* Guarded by the asker's lock. */
    bool in_table;
    unsigned n_refs;
    struct seat *followers;
    struct drp_flight *next; /* in the bucket */
};

enum seat_state {
    SEAT_NEW,     /* not yet looked at, or its flight was cancelled by others */
    SEAT_LOOKS,   /* leads; next: the journal */
    SEAT_READY,   /* leads; next: the back-end */
    SEAT_ASKED,   /* leads; the back-end has the job */
    SEAT_ENDED,   /* leads; next: keep the answer */
    SEAT_FOLLOWS, /* waits for another's flight */
    SEAT_LANDED,  /* followed; next: copy the answer */
    SEAT_SETTLED, /* the reply is filled */
};

/* One call of one drp_ask(). */
struct seat {
    struct asking *ask;
    const struct drp_call *call;
    struct drp_reply *reply;
    struct drp_key key;
    struct drp_flight *flight;
    enum seat_state state;
    bool cancel_sent;
    bool changed; /* the job ended, or the followed flight landed; guarded by the asking's lock */
    struct seat *next_follower;
};

/* One drp_ask(): lives on the asking thread's stack until all its jobs have ended. */
struct asking {
    struct drp_asker *a;
    struct drp_arena *arena;
    struct seat *seats; /* (n) */
    size_t n, n_settled;
    struct drp_mutex lock; /* taken by those who hold the asker's, never the other way round */
    struct drp_cond changed;
    size_t n_changed; /* seats, guarded by the lock */
};

void drp_asker_init(struct drp_asker *a)
{
    drp_mutex_init(&a->lock);
    a->stats = (struct drp_model_stats){0};
    memset(a->table, 0, sizeof a->table);
}

void drp_asker_release(struct drp_asker *a)
{
    drp_mutex_release(&a->lock);
}

/* ---- flights ---------------------------------------------------------------------------- */

static struct drp_flight **bucket_of(struct drp_asker *a, const struct drp_key *key)
{
    const unsigned char *b = key->hash.bytes;
    return &a->table[(((size_t)b[0] << 8) | b[1]) % DRP_LEN(a->table)];
}

static struct drp_flight *find_flight(struct drp_asker *a, const struct drp_key *key)
{
    struct drp_flight *f = *bucket_of(a, key);
    while (f && memcmp(&f->key, key, sizeof *key) != 0)
        f = f->next;
    return f;
}

static struct drp_flight *new_flight(const struct drp_call *call,
                                     const struct drp_model_info *info)
{
    struct drp_flight *f = drp_calloc(1, sizeof *f);
    f->call = *call;
    f->call.sampling = drp_sampling_resolve(call->sampling, info);
    f->job.call = &f->call;
    drp_str_init(&f->job.text, MAX_ANSWER_BYTES);
    drp_str_init(&f->job.reasoning, MAX_ANSWER_BYTES);
    drp_str_init(&f->job.error, sizeof((struct drp_err *)0)->text);
    f->n_refs = 1;
    return f;
}

/* Call with the lock held. */
static void unref_flight(struct drp_flight *f)
{
    if (--f->n_refs > 0)
        return;
    drp_str_release(&f->job.text);
    drp_str_release(&f->job.reasoning);
    drp_str_release(&f->job.error);
    free(f);
}

/* Wakes the one who asked, once for all that changes until it looks. A lock of its own keeps those awake
 * who do other things meanwhile. */
static void tell_change(struct seat *s)
{
    struct asking *ask = s->ask;
    drp_mutex_lock(&ask->lock);
    s->changed = true;
    if (ask->n_changed++ == 0)
        drp_cond_signal(&ask->changed);
    drp_mutex_unlock(&ask->lock); /* now it may be gone */
}

/* The answer is durable, or there will be none. Call with the lock held. */
static void land(struct drp_asker *a, struct drp_flight *f)
{
    if (f->in_table) {
        struct drp_flight **at = bucket_of(a, &f->key);
        while (*at != f)
            at = &(*at)->next;
        *at = f->next;
    }
    for (struct seat *s = f->followers; s; s = s->next_follower)
        tell_change(s);
    f->followers = NULL;
    unref_flight(f);
}

static void tell_kept(struct drp_asker *a, struct drp_flight *f)
{
    if (f->submitted && a->backend->kept)
        a->backend->kept(a->self, &f->job);
}

/* ---- replies ---------------------------------------------------------------------------- */

static void say_error(struct drp_job *job, int status, const char *text)
{
    job->status = status;
    drp_str_clear(&job->error);
    drp_str_addz(&job->error, text);
}

/* Makes status, finish and error line agree, whatever the back-end left out. */
static void complete_job(struct drp_job *job)
{
    if (job->status == 0 && (job->text.full || job->reasoning.full))
        say_error(job, DRP_ELIMIT, "the answer is longer than 16 MiB");
    if (job->status == 0 && job->finish == DRP_FINISH_CANCEL)
        job->status = DRP_ECANCELLED;
    if (job->status == 0 && job->finish == DRP_FINISH_ERROR)
        job->status = DRP_EENGINE;
    if (job->status == DRP_ECANCELLED)
        job->finish = DRP_FINISH_CANCEL;
    else if (job->status < 0)
        job->finish = DRP_FINISH_ERROR;
    if (job->status < 0 && job->error.len == 0)
        drp_str_addz(&job->error, drp_code_words(job->status));
}

static struct drp_sv copy_present(struct drp_arena *arena, struct drp_sv sv)
{
    return drp_arena_sv(arena, sv.ptr ? sv : DRP_SV(""));
}

/* Fills the seat's reply from its flight's job, in the caller's arena. */
static void copy_reply(struct seat *s)
{
    const struct drp_flight *f = s->flight;
    struct drp_arena *arena = s->ask->arena;
    *s->reply = (struct drp_reply){
        .status = f->job.status,
        .text = copy_present(arena, drp_sv_trim(drp_str_sv(&f->job.text))),
        .reasoning = copy_present(arena, drp_str_sv(&f->job.reasoning)),
        .finish = f->job.finish,
        .usage = f->job.usage,
        .from_journal = f->from_journal || f->job.is_repeat,
        .error = copy_present(arena, drp_str_sv(&f->job.error)),
    };
}

static void tell_whole(const struct seat *s)
{
    if (s->call->on_text && s->reply->status == 0 && s->reply->text.len > 0)
        s->call->on_text(s->call->ctx, s->reply->text);
}

static void count_settled(struct asking *ask, const struct seat *s, bool shared)
{
    struct drp_model_stats *stats = &ask->a->stats;
    const struct drp_usage *u = &s->reply->usage;
    stats->calls++;
    stats->failed += s->reply->status < 0 && s->reply->status != DRP_ECANCELLED;
    stats->shared += shared;
    stats->from_journal += s->reply->from_journal && !shared;
    if (!s->reply->from_journal) {
        stats->prompt_tokens += u->prompt_tokens;
        stats->cached_tokens += u->cached_tokens;
        stats->answer_tokens += u->answer_tokens;
    }
}

/* Call with the asker's lock held. */
static void settle(struct asking *ask, struct seat *s, bool shared)
{
    count_settled(ask, s, shared);
    s->flight = NULL;
    s->state = SEAT_SETTLED;
    ask->n_settled++;
}

/* Ends a flight that its leader has an answer for, or gives up. */
static void settle_leader(struct asking *ask, struct seat *s)
{
    struct drp_flight *f = s->flight;
    tell_kept(ask->a, f);
    drp_mutex_lock(&ask->a->lock);
    settle(ask, s, false);
    land(ask->a, f);
    drp_mutex_unlock(&ask->a->lock);
}

/* ---- cancelling ------------------------------------------------------------------------- */

static bool is_late(const struct drp_call *call)
{
    return call->deadline_ms != 0 && drp_clock_ms() >= call->deadline_ms;
}

static bool must_stop(const struct drp_call *call)
{
    return drp_cancel_level(call->cancel) >= 2 || is_late(call);
}

static const char *stop_words(const struct drp_call *call)
{
    return is_late(call) ? "the deadline of the call has passed"
                         : "the call was interrupted";
}

/* Leaves a flight that others go on with. Call with the lock held. */
static void leave_flight(struct seat *s)
{
    struct seat **at = &s->flight->followers;
    while (*at && *at != s)
        at = &(*at)->next_follower;
    if (*at)
        *at = s->next_follower;
    unref_flight(s->flight);
}

static void settle_stopped_follower(struct asking *ask, struct seat *s)
{
    *s->reply = (struct drp_reply){
        .status = DRP_ECANCELLED,
        .text = DRP_SV(""),
        .reasoning = DRP_SV(""),
        .finish = DRP_FINISH_CANCEL,
        .error = drp_sv_from(stop_words(s->call)),
    };
    drp_mutex_lock(&ask->a->lock);
    leave_flight(s);
    settle(ask, s, true);
    drp_mutex_unlock(&ask->a->lock);
}

static void stop_what_must(struct asking *ask)
{
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if ((s->state != SEAT_ASKED && s->state != SEAT_FOLLOWS) || !must_stop(s->call))
            continue;
        if (s->state == SEAT_FOLLOWS) {
            settle_stopped_follower(ask, s);
        } else if (!s->cancel_sent) {
            s->cancel_sent = true;
            ask->a->backend->cancel(ask->a->self, &s->flight->job);
        }
    }
}

/* ---- one round: take seats, look up, submit, wait, keep --------------------------------- */

static bool is_kept(const struct asking *ask, const struct drp_call *call)
{
    return ask->a->journal && !call->no_journal;
}

static void job_done(struct drp_job *job)
{
    tell_change(job->owner);
}

static void lead(struct asking *ask, struct seat *s)
{
    struct drp_flight *f = new_flight(s->call, &ask->a->info);
    f->job.owner = s;
    f->job.done = job_done;
    s->flight = f;
    s->cancel_sent = false;
    s->state = SEAT_LOOKS;
    if (s->call->no_journal) /* wants an answer of its own */
        return;
    f->key = s->key;
    f->in_table = true;
    f->next = *bucket_of(ask->a, &s->key);
    *bucket_of(ask->a, &s->key) = f;
}

static void follow(struct seat *s, struct drp_flight *f)
{
    f->n_refs++;
    s->flight = f;
    s->next_follower = f->followers;
    f->followers = s;
    s->state = SEAT_FOLLOWS;
}

static void take_seats(struct asking *ask)
{
    drp_mutex_lock(&ask->a->lock);
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if (s->state != SEAT_NEW)
            continue;
        struct drp_flight *f = s->call->no_journal ? NULL : find_flight(ask->a, &s->key);
        if (f)
            follow(s, f);
        else
            lead(ask, s);
    }
    drp_mutex_unlock(&ask->a->lock);
}

/* The flight gets the answer too, for its followers. */
static void use_kept(struct seat *s)
{
    struct drp_flight *f = s->flight;
    const struct drp_reply *r = s->reply;
    drp_str_add(&f->job.text, r->text);
    drp_str_add(&f->job.reasoning, r->reasoning);
    f->job.finish = r->finish;
    f->job.usage = r->usage;
    f->from_journal = true;
}

/* Marks the flights whose answers the journal has. */
static int look_up(struct asking *ask, struct drp_err *err)
{
    int rc = 0;
    DRP_VEC(struct drp_lookup) wanted = {0};
    DRP_VEC(struct seat *) seats = {0};
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if (s->state != SEAT_LOOKS || !is_kept(ask, s->call))
            continue;
        drp_vec_add(&wanted, (struct drp_lookup){.key = &s->key, .reply = s->reply});
        drp_vec_add(&seats, s);
    }
    if (wanted.n > 0)
        DRP_TRY(rc,
                drp_journal_take(ask->a->journal, wanted.at, wanted.n, ask->arena, err));
    for (size_t i = 0; i < wanted.n; i++)
        if (wanted.at[i].found)
            use_kept(seats.at[i]);
out:
    drp_vec_release(&wanted);
    drp_vec_release(&seats);
    return rc;
}

/* After looking up: what the journal has is settled, as is what must not be asked. */
static void settle_or_ready(struct asking *ask)
{
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if (s->state != SEAT_LOOKS)
            continue;
        const bool is_there = s->flight->from_journal;
        const bool stops = drp_cancel_level(s->call->cancel) > 0 || is_late(s->call);
        if (!is_there && !stops && drp_budget_allows(ask->a->budget)) {
            s->state = SEAT_READY;
            continue;
        }
        if (!is_there) {
            say_error(&s->flight->job, DRP_ECANCELLED,
                      stops ? stop_words(s->call) : "the budget is spent");
            complete_job(&s->flight->job);
            copy_reply(s);
        }
        tell_whole(s);
        settle_leader(ask, s);
    }
}

static void submit_ready(struct asking *ask)
{
    DRP_VEC(struct drp_job *) jobs = {0};
    for (size_t i = 0; i < ask->n; i++)
        if (ask->seats[i].state == SEAT_READY) {
            ask->seats[i].state = SEAT_ASKED;
            ask->seats[i].flight->submitted = true;
            drp_vec_add(&jobs, &ask->seats[i].flight->job);
        }
    if (jobs.n > 0)
        ask->a->backend->submit(ask->a->self, jobs.at, jobs.n);
    drp_vec_release(&jobs);
}

/* When to look at flags and deadlines again; 0: nothing can stop these calls. */
static int64_t next_look_ms(const struct asking *ask)
{
    int64_t at = 0;
    for (size_t i = 0; i < ask->n; i++) {
        const struct drp_call *call = ask->seats[i].call;
        if (ask->seats[i].state != SEAT_SETTLED && (call->cancel || call->deadline_ms != 0))
            at = drp_clock_ms() + POLL_MS;
    }
    return at;
}

/* Waits until something ended or landed, or some flag is worth a look, and marks the
 * seats it concerns. */
static void wait_for_change(struct asking *ask)
{
    const int64_t look_ms = next_look_ms(ask);
    drp_mutex_lock(&ask->lock);
    bool in_time = true;
    while (ask->n_changed == 0 && in_time) {
        if (look_ms == 0)
            drp_cond_wait(&ask->changed, &ask->lock);
        else
            in_time = drp_cond_wait_until(&ask->changed, &ask->lock, look_ms);
    }
    ask->n_changed = 0;
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if (s->changed && s->state == SEAT_ASKED)
            s->state = SEAT_ENDED;
        else if (s->changed && s->state == SEAT_FOLLOWS)
            s->state = SEAT_LANDED;
        s->changed = false;
    }
    drp_mutex_unlock(&ask->lock);
}

/* Keeps the answers that ended since the last time, then shows them to those who
 * follow. */
static int keep_ended(struct asking *ask, struct drp_err *err)
{
    int rc = 0;
    DRP_VEC(struct drp_entry) entries = {0};
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        if (s->state != SEAT_ENDED)
            continue;
        if (must_stop(s->call) && s->flight->job.finish == DRP_FINISH_CANCEL)
            say_error(&s->flight->job, DRP_ECANCELLED, stop_words(s->call));
        complete_job(&s->flight->job);
        drp_budget_spend(ask->a->budget, &s->flight->job.usage, ask->a->price);
        copy_reply(s);
        if (s->reply->status == 0 && !s->reply->from_journal && is_kept(ask, s->call))
            drp_vec_add(&entries,
                        (struct drp_entry){s->flight->key, &ask->a->info, ask->a->strict,
                                           &s->flight->call, s->reply});
    }
    if (entries.n > 0)
        DRP_TRY(rc, drp_journal_put_many(ask->a->journal, entries.at, entries.n, err));
    for (size_t i = 0; i < ask->n; i++)
        if (ask->seats[i].state == SEAT_ENDED)
            settle_leader(ask, &ask->seats[i]);
out:
    drp_vec_release(&entries);
    return rc;
}

/* A flight that ended because its leader was stopped says nothing to those who followed:
 * they start anew. */
static int copy_landed(struct asking *ask, struct drp_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < ask->n && rc == 0; i++) {
        struct seat *s = &ask->seats[i];
        if (s->state != SEAT_LANDED)
            continue;
        struct drp_flight *f = s->flight;
        if (f->job.finish == DRP_FINISH_CANCEL) {
            s->state = SEAT_NEW;
        } else {
            copy_reply(s);
            s->reply->from_journal = true;
            if (f->job.status == DRP_EDB)
                rc = drp_fail(err, DRP_EDB, "%.*s", DRP_SV_ARG(s->reply->error));
            tell_whole(s);
        }
        drp_mutex_lock(&ask->a->lock);
        if (s->state == SEAT_LANDED)
            settle(ask, s, true);
        unref_flight(f);
        drp_mutex_unlock(&ask->a->lock);
    }
    return rc;
}

/* After a failure of the journal: stops our jobs and tells those who follow us, so that
 * nobody waits for ever. */
static void give_up(struct asking *ask, int code, const char *text)
{
    for (size_t i = 0; i < ask->n; i++)
        if (ask->seats[i].state == SEAT_ASKED && !ask->seats[i].cancel_sent)
            ask->a->backend->cancel(ask->a->self, &ask->seats[i].flight->job);
    for (size_t i = 0; i < ask->n; i++) {
        struct seat *s = &ask->seats[i];
        while (s->state == SEAT_ASKED)
            wait_for_change(ask);
        if (s->state == SEAT_FOLLOWS || s->state == SEAT_LANDED) {
            drp_mutex_lock(&ask->a->lock);
            leave_flight(s);
            drp_mutex_unlock(&ask->a->lock);
            s->state = SEAT_NEW;
        } else if (s->state != SEAT_NEW && s->state != SEAT_SETTLED) {
            say_error(&s->flight->job, code, text);
            complete_job(&s->flight->job);
            tell_kept(ask->a, s->flight);
            drp_mutex_lock(&ask->a->lock);
            land(ask->a, s->flight);
            drp_mutex_unlock(&ask->a->lock);
        }
        *s->reply =
            (struct drp_reply){.status = code,
                               .text = DRP_SV(""),
                               .reasoning = DRP_SV(""),
                               .finish = DRP_FINISH_ERROR,
                               .error = drp_arena_sv(ask->arena, drp_sv_from(text))};
    }
}

int drp_asker_ask(struct drp_asker *a, const struct drp_call *calls, size_t n,
                  struct drp_reply *replies, struct drp_arena *arena, struct drp_err *err)
{
    int rc = 0;
    struct drp_err own = {0}; /* err may be NULL, and the text is needed for the replies */
    struct asking ask = {.a = a, .arena = arena, .n = n};
    ask.seats = drp_calloc(n, sizeof *ask.seats);
    for (size_t i = 0; i < n; i++)
        ask.seats[i] =
            (struct seat){.ask = &ask,
                          .call = &calls[i],
                          .reply = &replies[i],
                          .key = drp_journal_key(&a->info, &calls[i], a->strict)};
    drp_mutex_init(&ask.lock);
    drp_cond_init(&ask.changed);
    while (ask.n_settled < n) {
        take_seats(&ask);
        DRP_TRY(rc, look_up(&ask, &own));
        settle_or_ready(&ask);
        submit_ready(&ask);
        if (ask.n_settled == n)
            break;
        wait_for_change(&ask);
        DRP_TRY(rc, keep_ended(&ask, &own));
        DRP_TRY(rc, copy_landed(&ask, &own));
        stop_what_must(&ask);
    }
out:
    if (rc < 0)
        give_up(&ask, rc, own.text);
    if (rc < 0 && err)
        *err = own;
    drp_cond_release(&ask.changed);
    drp_mutex_release(&ask.lock);
    free(ask.seats);
    return rc;
}
