/* unknot user: accounts are made, and second steps that were lost taken away, by whoever runs the place. */
#include "accounts/accounts.h"
#include "command/command.h"
#include "db/db.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static int usage(void)
{
    fputs("usage: unknot user add (therapist|operator) EMAIL NAME\n"
          "       unknot user reset EMAIL\n"
          "add: the password is asked for, or read from standard input: 8 to 128 characters.\n"
          "reset: takes all code apps, passkeys and recovery codes off an account whose owner lost them.\n",
          stderr);
    return 2;
}

/* One line from standard input, not echoed where that is a terminal. */
static bool read_password(char *password, size_t cap)
{
    struct termios before, silent;
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        fputs("Password: ", stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    bool fine = fgets(password, (int)cap, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (fine)
        password[strcspn(password, "\r\n")] = '\0';
    return fine;
}

static bool hash_typed_password(char hash[PASSWORD_HASH_SIZE])
{
    char password[PASSWORD_MAX + 3] = "";
    bool fine = read_password(password, sizeof password);
    size_t n = strlen(password);
    if (!fine || n < PASSWORD_MIN || n > PASSWORD_MAX) {
        fprintf(stderr, "unknot: a password has %d to %d characters\n", PASSWORD_MIN, PASSWORD_MAX);
        fine = false;
    } else if (!password_hash(password, hash)) {
        fputs("unknot: not enough memory to hash the password\n", stderr);
        fine = false;
    }
    sodium_memzero(password, sizeof password);
    return fine;
}

static int add(const struct config *config, const char *role, const char *email, const char *name)
{
    char hash[PASSWORD_HASH_SIZE];
    int failed = 1;
    const char *made = NULL;
    if (!hash_typed_password(hash))
        return failed;
    struct arena *a = arena_new(64 * 1024);
    struct db *db = db_open(config->owner_database, 10000, (const char *const[]){"user", NULL});
    const char *const values[] = {role, name, email, hash};
    enum db_status s =
        a != NULL && db != NULL ? db_query_as(db, NULL, a, Q_user_add, &made, 4, values) : DB_GONE;
    if (s == DB_OK) {
        printf("%s\n", made);
        failed = 0;
    } else if (s == DB_CONFLICT) {
        fputs("unknot: there is an account with this e-mail address already\n", stderr);
    } else if (s == DB_REFUSED) {
        fputs("unknot: the e-mail address or the name is too short or too long\n", stderr);
    } else {
        fputs("unknot: the account was not made: run `unknot doctor`\n", stderr);
    }
    db_close(db);
    arena_free(a);
    return failed;
}

static int reset(const struct config *config, const char *email)
{
    const char *done = NULL;
    struct arena *a = arena_new(64 * 1024);
    struct db *db = db_open(config->owner_database, 10000, (const char *const[]){"user", NULL});
    enum db_status s = a != NULL && db != NULL
                           ? db_query_as(db, NULL, a, Q_user_reset, &done, 1, (const char *const[]){email})
                           : DB_GONE;
    if (s == DB_OK && done != NULL)
        printf("%s\n", done);
    else if (s == DB_OK || s == DB_NONE)
        fputs("unknot: no account with this e-mail address has a second step\n", stderr);
    else
        fputs("unknot: nothing was changed: run `unknot doctor`\n", stderr);
    int failed = s != DB_OK || done == NULL;
    db_close(db);
    arena_free(a);
    return failed;
}

int command_user(const struct config *config, int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[0], "reset") == 0)
        return reset(config, argv[1]);
    if (argc != 4 || strcmp(argv[0], "add") != 0 ||
        (strcmp(argv[1], "therapist") != 0 && strcmp(argv[1], "operator") != 0) ||
        strchr(argv[2], '@') == NULL)
        return usage();
    return add(config, argv[1], argv[2], argv[3]);
}
