/* What the man page and the completion say of the commands, from the table that the program itself uses. */
#ifndef WINNOW_CLI_DOCUMENTS_H
#define WINNOW_CLI_DOCUMENTS_H

/* To stdout: a subsection of a man page for each command. */
void man_page_commands(void);

/* To stdout: two associative arrays of bash by command: its operand, and its options, each with its argument
 * after a "=" where it takes one. */
void completion_commands(void);

#endif
