#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define LONG_LOSS 1e4 /* from here on in powers of ten */

void value_short_text(const Parameter *parameter, DrawnValue value, char out[SHORT_TEXT_SIZE]) {
    bool number = value.present && isfinite(value.number);
    if (number && fabs(value.number) < 1e15 && value.number == floor(value.number))
        snprintf(out, SHORT_TEXT_SIZE, "%.0f", value.number);
    else if (number)
        snprintf(out, SHORT_TEXT_SIZE, "%.5g", value.number);
    else
        parameter_value_text(parameter, value, out, SHORT_TEXT_SIZE);
}

static void choices_text(const Parameter *parameter, uint64_t allowed, char out[SHORT_TEXT_SIZE]) {
    size_t used = 0;
    out[0] = '\0';
    for (size_t v = 0; v < parameter->value_count; v++) {
        if ((allowed >> v & 1) == 0) continue;
        char word[SHORT_TEXT_SIZE];
        DrawnValue value = {.present = true, .number = NAN, .choice = v};
        if (parameter->values[v].kind != VALUE_WORD) value.number = parameter->values[v].number;
        value_short_text(parameter, value, word);
        const char *comma = used > 0 ? ", " : "";
        if (used + strlen(comma) + strlen(word) + sizeof(", ...") > SHORT_TEXT_SIZE) {
            text_copy(out + used, SHORT_TEXT_SIZE - used, used > 0 ? ", ..." : "...");
            return;
        }
        used += (size_t)snprintf(out + used, SHORT_TEXT_SIZE - used, "%s%s", comma, word);
    }
}

void range_short_text(const Parameter *parameter, const Range *range, char out[SHORT_TEXT_SIZE]) {
    if (distribution_is_choice(parameter->distribution)) {
        choices_text(parameter, range->allowed, out);
        return;
    }
    char low[SHORT_TEXT_SIZE], high[SHORT_TEXT_SIZE];
    value_short_text(parameter, (DrawnValue){.present = true, .number = range->min}, low);
    value_short_text(parameter, (DrawnValue){.present = true, .number = range->max}, high);
    if (range->min == range->max)
        text_copy(out, SHORT_TEXT_SIZE, low);
    else
        snprintf(out, SHORT_TEXT_SIZE, "%.40s to %.40s", low, high);
}

void network_short_text(const Ledger *ledger, uint64_t trial, uint32_t epoch, char out[SHORT_TEXT_SIZE]) {
    if (ledger_is_snapshot(ledger, trial, epoch))
        snprintf(out, SHORT_TEXT_SIZE, "%llu at epoch %u", (unsigned long long)trial, epoch);
    else
        snprintf(out, SHORT_TEXT_SIZE, "%llu", (unsigned long long)trial);
}

void metric_short_text(MetricKind metric, double value, char out[SHORT_TEXT_SIZE]) {
    if (isnan(value))
        text_copy(out, SHORT_TEXT_SIZE, "-");
    else if (metric == METRIC_VAL_ACCURACY)
        snprintf(out, SHORT_TEXT_SIZE, "%.2f %%", 100 * value);
    else
        snprintf(out, SHORT_TEXT_SIZE, fabs(value) < LONG_LOSS ? "%.4f" : "%.4g", value);
}

void spread_short_text(MetricKind metric, RunSpread spread, const char *plus_minus,
                       char out[SHORT_TEXT_SIZE]) {
    if (isnan(spread.mean) || isnan(spread.deviation))
        metric_short_text(metric, spread.mean, out);
    else if (metric == METRIC_VAL_ACCURACY)
        snprintf(out, SHORT_TEXT_SIZE, "%.2f %s %.2f %%", 100 * spread.mean, plus_minus,
                 100 * spread.deviation);
    else
        snprintf(out, SHORT_TEXT_SIZE, fabs(spread.mean) < LONG_LOSS ? "%.4f %s %.4f" : "%.4g %s %.2g",
                 spread.mean, plus_minus, spread.deviation);
}

void runs_short_text(const Configuration *configuration, char out[SHORT_TEXT_SIZE]) {
    const char *runs = text_count(configuration->runs, "run", "runs");
    if (configuration->completed == configuration->runs)
        text_copy(out, SHORT_TEXT_SIZE, runs);
    else
        snprintf(out, SHORT_TEXT_SIZE, "%u of %s", configuration->completed, runs);
}

void difference_short_text(MetricKind metric, double difference, char out[SHORT_TEXT_SIZE]) {
    if (metric == METRIC_VAL_ACCURACY)
        snprintf(out, SHORT_TEXT_SIZE, "%.2f points", 100 * difference);
    else
        metric_short_text(metric, difference, out);
}

void optimism_text(MetricKind metric, const Optimism *optimism, const char *plus_minus,
                   char out[OPTIMISM_TEXT_SIZE]) {
    double difference = optimism_difference(metric, optimism);
    char much[SHORT_TEXT_SIZE], margin[SHORT_TEXT_SIZE];
    difference_short_text(metric, difference, much);
    if (metric == METRIC_VAL_ACCURACY)
        snprintf(margin, sizeof(margin), "%.2f", 100 * optimism->margin);
    else
        metric_short_text(metric, optimism->margin, margin);
    const char *words = difference > optimism->margin    ? "of it is the search's luck"
                        : difference < -optimism->margin ? "validation is the harder part"
                                                         : "no more than chance";
    snprintf(out, OPTIMISM_TEXT_SIZE, "%.40s (%s %.40s)%s %s", much, plus_minus, margin,
             difference > optimism->margin ? "" : ",", words);
}
