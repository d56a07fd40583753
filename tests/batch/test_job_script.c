#include "batch/job_script.h"

#include "batch/suites.h"
#include "suite.h"

static const char template[] =
    "#!/bin/bash\n#DIRECTIVE -n 8\n##DIRECTIVE -q normal\nfile=a.h5   # a comment\n\nrun \"$file\"\n";

static void lines_take_new_values_and_the_rest_stays(void) {
    ScriptLines lines = {0};
    script_number(&lines, "#DIRECTIVE -n ", 64);
    script_value(&lines, "file=", "b.h5");
    text_add(script_line(&lines, "##DIRECTIVE -q "), "#DIRECTIVE -q fast");
    Text text = {0};
    CU_ASSERT_EQUAL(script_fill(&text, template, &lines), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(text_of(&text),
                           "#!/bin/bash\n#DIRECTIVE -n 64\n#DIRECTIVE -q fast\nfile=b.h5\n\nrun \"$file\"\n");
    text_release(&text);
    script_release(&lines);
}

static void a_line_without_a_new_value_goes(void) {
    ScriptLines lines = {0};
    (void)script_line(&lines, "##DIRECTIVE -q ");
    Text text = {0};
    CU_ASSERT_EQUAL(script_fill(&text, template, &lines), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(text_of(&text),
                           "#!/bin/bash\n#DIRECTIVE -n 8\nfile=a.h5   # a comment\n\nrun \"$file\"\n");
    text_release(&text);
    script_release(&lines);
}

static void a_last_line_without_an_end_gets_one(void) {
    ScriptLines lines = {0};
    Text text = {0};
    CU_ASSERT_EQUAL(script_fill(&text, "a\nb", &lines), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(text_of(&text), "a\nb\n");
    text_release(&text);
}

static void a_line_that_is_missing_or_there_twice_is_an_error(void) {
    const char *const begins[] = {"name=", "#"};
    const char *const errors[] = {"the script has 0 lines that begin with \"name=\" instead of one",
                                  "the script has 3 lines that begin with \"#\" instead of one"};
    for (size_t i = 0; i < 2; i++) {
        ScriptLines lines = {0};
        script_value(&lines, begins[i], "x");
        Text text = {0};
        CU_ASSERT_EQUAL(script_fill(&text, template, &lines), STATUS_ENVIRONMENT);
        CU_ASSERT_STRING_EQUAL(status_text(), errors[i]);
        text_release(&text);
        script_release(&lines);
    }
}

void suite_job_script(void) {
    static const TestCase tests[] = {
        {"lines take new values and the rest stays", lines_take_new_values_and_the_rest_stays},
        {"a line without a new value goes", a_line_without_a_new_value_goes},
        {"a last line without an end gets one", a_last_line_without_an_end_gets_one},
        {"a line that is missing or there twice is an error",
         a_line_that_is_missing_or_there_twice_is_an_error},
    };
    SUITE("job script", tests);
}
