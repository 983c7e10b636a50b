/*
 * The subcommands of the program, one function each; main.c has the table. argc and argv are what follows its
 * word on the command line: for `unknot keys new FILE` argv is {"new", "FILE"}. Each returns the exit status:
 * 0 done, 1 it could not be done (said on stderr), 2 wrong arguments.
 */
#ifndef UNKNOT_COMMAND_H
#define UNKNOT_COMMAND_H

#include "core/config.h"

#define UNKNOT_VERSION "0.1.0"

int command_serve(const struct config *config, int argc, char **argv);
int command_up(const struct config *config, int argc, char **argv);
int command_work(const struct config *config, int argc, char **argv);
int command_migrate(const struct config *config, int argc, char **argv);
int command_listing(const struct config *config, int argc, char **argv); /* rebuild */
int command_demo(const struct config *config, int argc, char **argv);
int command_generate(const struct config *config, int argc, char **argv);
int command_import(const struct config *config, int argc, char **argv);
int command_import_map(const struct config *config, int argc, char **argv);    /* import map … */
int command_register(const struct config *config, int argc, char **argv);      /* import … */
int command_user(const struct config *config, int argc, char **argv);          /* add … */
int command_questionnaire(const struct config *config, int argc, char **argv); /* check, export, import */
int command_statements(const struct config *config, int argc, char **argv);    /* check, import */
int command_keyd(const struct config *config, int argc, char **argv);
int command_keys(const struct config *config, int argc, char **argv); /* new, rotate, status */
int command_redraw(const struct config *config, int argc, char **argv);
int command_routes(const struct config *config, int argc, char **argv); /* config is NULL in these two */
int command_version(const struct config *config, int argc, char **argv);
int command_doctor(const struct config *config, int argc, char **argv);
int command_config(const struct config *config, int argc, char **argv);

#endif
