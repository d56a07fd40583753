/* The tests of the configuration, and what they share. */
#ifndef WINNOW_TESTS_CAMPAIGN_CONFIG_TESTS_H
#define WINNOW_TESTS_CAMPAIGN_CONFIG_TESTS_H

#include <stdbool.h>

#include "campaign/config.h"

/* Lines of a configuration that is complete with all three of them. */
#define DATA "data: {format: synthetic, kind: spirals}\n"
#define NETWORK "network: [dense: 16, relu, dense: 3]\n"
#define STAGES "stages: [{name: coarse, trials: 4, epochs: 1}]\n"
#define BASE DATA NETWORK STAGES

/* Parse a text that must be right; NULL, and a failed test, where it is refused. */
Config *config_good(const char *text);

/* Value of a canonical line, "(none)" where there is no such line. */
const char *canonical_value(const Config *config, const char *path);
const CanonicalLine *canonical_line(const Config *config, const char *path);

const Parameter *parameter_of(const Config *config, const char *name);

/* A draw of one stage-0 trial from the configured ranges. */
Draw draw_of(const Config *config, uint32_t number);

void add_bad_suite(void);
void add_bad_yaml_suite(void);
void add_good_suite(void);
void add_canonical_suite(void);
void add_early_terminate_suite(void);
void add_replicates_suite(void);
void add_network_suite(void);
void add_parameters_suite(void);
void add_data_suite(void);
void add_examples_suite(void);
void add_plan_suite(void);

#endif
