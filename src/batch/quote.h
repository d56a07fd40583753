/* Words of the user's in the text of a script. */
#ifndef WINNOW_BATCH_QUOTE_H
#define WINNOW_BATCH_QUOTE_H

#include "base/text.h"

/* As one word of a shell: as it is where nothing in it means anything to one, else in single quotes. */
void quote_for_shell(Text *text, const char *word);

/* As one word of an #SBATCH line, which knows quotes, and a backslash between them, but none before a space.
 */
void quote_for_sbatch(Text *text, const char *word);

#endif
