/* The doors to HTML, SVG and gnuplot: what comes from outside stays text. */
#include <string.h>

#include "report/page/gnuplot.h"
#include "report/page/html.h"
#include "report/page/svg.h"
#include "report/suites.h"
#include "suite.h"

static void expect_html(const char *text, const char *wanted) {
    Text html = {0};
    html_text(&html, text);
    CU_ASSERT_STRING_EQUAL(text_of(&html), wanted);
    text_release(&html);
}

static void a_script_in_a_name_is_words(void) {
    expect_html("<script>alert('1 & \"2\"')</script>",
                "&lt;script&gt;alert(&#39;1 &amp; &quot;2&quot;&#39;)&lt;/script&gt;");
    expect_html("größer ≥ 1", "größer ≥ 1");
    expect_html("a\x01"
                "b\tc\x7f"
                "d\xc2\x85"
                "e\xff\xc3",
                "a?b?c?d??e??");
    expect_html("", "");
}

static void labels_are_cut_between_characters(void) {
    char out[32];
    label_text(out, sizeof(out), "straße", 6);
    CU_ASSERT_STRING_EQUAL(out, "straße");
    label_text(out, sizeof(out), "straßen", 6);
    CU_ASSERT_STRING_EQUAL(out, "straß…");
    label_text(out, 8, "ßßßßßßß", 20);
    CU_ASSERT_STRING_EQUAL(out, "ßß");
    label_text(out, sizeof(out), "a\nb", 9);
    CU_ASSERT_STRING_EQUAL(out, "a?b");
}

static void gnuplot_finds_nothing_to_do_in_a_text(void) {
    Text script = {0};
    gnuplot_quoted(&script, "it's `ls`\n\\n @x \"$(rm)\"");
    CU_ASSERT_STRING_EQUAL(text_of(&script), "'it''s `ls`?\\n @x \"$(rm)\"'");
    text_release(&script);
}

static void a_table_sorts_numbers_by_value(void) {
    Text html = {0};
    html_table_begin(&html, "a < b", "name|#count|=stage");
    html_row_begin(&html);
    html_cell(&html, "<b>");
    html_cell_number(&html, 0.5, "50 %");
    html_cell_key(&html, 1, "fine");
    html_row_end(&html);
    html_table_end(&html);
    const char *const wanted[] = {"<caption>a &lt; b</caption>",
                                  "<th scope=\"col\"><button type=\"button\">name</button>",
                                  "<th scope=\"col\" class=\"n\"><button type=\"button\">count</button>",
                                  "<th scope=\"col\" class=\"k\">",
                                  "<td>&lt;b&gt;</td>",
                                  "<td class=\"n\" data-v=\"0.5\">50 %</td>",
                                  "<td data-v=\"1\">fine</td>"};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text_of(&html), wanted[i]));
    text_release(&html);
}

static void a_picture_is_taken_into_the_page_without_its_frame(void) {
    static const char svg[] =
        "<?xml version=\"1.0\"?>\n<svg \n width=\"400\"\n viewBox=\"0 0 400 300\"\n>\n"
        "<title>f</title>\n<g id=\"gnuplot_canvas\">\n<defs>\n\t<circle id='gpDot'/>\n</defs>\n"
        "<g fill=\"none\" color=\"black\">\n</g>\n"
        "\t<g id=\"f_plot_1\" ><title>f_plot_1</title>\n"
        "\t<use xlink:href='#gpPt5'/>\n\t</g>\n</g>\n</svg>\n";
    Text html = {0};
    CU_ASSERT_EQUAL_FATAL(svg_inline(&html, svg, "a \"figure\""), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(
        text_of(&html),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "viewBox=\"0 0 400 300\" role=\"img\" aria-label=\"a &quot;figure&quot;\"><g>\n"
        "<g>\n<use xlink:href='#gpPt5'/>\n</g>\n</g>\n</svg>\n");
    text_release(&html);
    CU_ASSERT_EQUAL(svg_inline(&html, "no picture", "x"), STATUS_ENVIRONMENT);
    text_release(&html);
}

void suite_html(void) {
    static const TestCase tests[] = {
        {"a script in a name is words", a_script_in_a_name_is_words},
        {"labels are cut between characters", labels_are_cut_between_characters},
        {"gnuplot finds nothing to do in a text", gnuplot_finds_nothing_to_do_in_a_text},
        {"a table sorts numbers by value", a_table_sorts_numbers_by_value},
        {"a picture is taken into the page without its frame",
         a_picture_is_taken_into_the_page_without_its_frame},
    };
    SUITE("html", tests);
}
