/* The program: its subcommands, and nothing else. */
#include "command/command.h"
#include "core/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static const struct command {
    const char *name, *usage, *about;
    int (*run)(const struct config *config, int argc, char **argv);
    bool bare; /* needs no configuration */
} commands[] = {
    {"serve", "serve", "answer requests until SIGTERM", command_serve, false},
    {"work", "work", "send mail, end holds, keep the listing fresh, until SIGTERM", command_work, false},
    {"keyd", "keyd", "hold the keys of health answers, until SIGTERM", command_keyd, false},
    {"up", "up", "serve, work and keyd, for one machine", command_up, false},
    {"migrate", "migrate", "bring the database up to this program", command_migrate, false},
    {"import", "import places|map [FILES]", "read a gazetteer, or a map of the ground", command_import,
     false},
    {"register", "register import OPTIONS FILE", "read a file that a register publishes", command_register,
     false},
    {"demo", "demo", "fill an empty directory with invented therapists", command_demo, false},
    {"generate", "generate N [--bookings M]", "add N invented therapists with M visits each, to measure with",
     command_generate, false},
    {"user", "user add ROLE EMAIL NAME", "make an account; the password is asked for", command_user, false},
    {"listing", "listing rebuild", "make what search reads anew", command_listing, false},
    {"questionnaire", "questionnaire check", "compile every version (export, import: as FHIR)",
     command_questionnaire, false},
    {"statements", "statements check|import FILE",
     "read the 24 statements of the Roland-Morris questionnaire", command_statements, false},
    {"keys", "keys new [FILE]",
     "make a master key with its first epoch, or that epoch alone; never over an old one", command_keys,
     false},
    {"keys", "keys rotate|status", "begin a new epoch; tell how the epochs stand", command_keys, false},
    {"redraw", "redraw", "draw a picture of standard input anew: what serve starts for each", command_redraw,
     true},
    {"doctor", "doctor", "check everything, and say what to mend", command_doctor, false},
    {"config", "config", "print the configuration with where it came from", command_config, false},
    {"routes", "routes", "print every URL as JSON", command_routes, true},
    {"version", "version", "print the version", command_version, true},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static int help(FILE *out, int status)
{
    fputs("usage: unknot COMMAND\n\n", out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-26s %s\n", commands[i].usage, commands[i].about);
    fputs(
        "\nConfiguration: the file UNKNOT_CONFIG names, and UNKNOT_… variables; `unknot config` prints it.\n",
        out);
    return status;
}

static enum log_level level_of(const char *name)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum log_level)i;
    return LOG_INFO;
}

/* No other process of the same user looks into our memory either. */
static void keep_out(void)
{
#ifndef __SANITIZE_ADDRESS__ /* which looks itself, at the end */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

static int run(const struct command *command, int argc, char **argv)
{
    struct config config;
    if (command->bare)
        return command->run(NULL, argc, argv);
    if (!config_load(&config, stderr))
        return 1;
    log_threshold(level_of(config.log_level));
    if (!config.dev)
        keep_out();
    int status = command->run(&config, argc, argv);
    config_free(&config);
    return status;
}

/* A core would hold keys and answers. Whoever needs one raises the limit again. */
static void no_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur = 0;
    setrlimit(RLIMIT_CORE, &limit);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    no_core();
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(stdout, 0);
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(&commands[i], argc - 2, argv + 2);
    if (name[0])
        fprintf(stderr, "unknot: there is no command `%s`.\n\n", name);
    return help(stderr, 2);
}
