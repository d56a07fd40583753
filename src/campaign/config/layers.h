/* What a layer's entry in `network` may say: one table, by which layers are read, checked, written in the
 * canonical form and filled in for a trial. */
#ifndef WINNOW_CAMPAIGN_CONFIG_LAYERS_H
#define WINNOW_CAMPAIGN_CONFIG_LAYERS_H

#include "campaign/config.h"
#include "campaign/config/rule.h"

#define LAYER_MAX_WORDS 4

/* A number, a pair of numbers (height and width) or a word. */
typedef struct LayerSetting {
    const char *key;
    NumberRule rule; /* of each number */
    double standard; /* this number, or the word of this value, where it is not written */
    const char *(*word)(int value);
    void (*set)(LayerSpec *spec, const double value[2]); /* height and width, or twice the same */
    int word_count;   /* 0 for numbers; else of the words for the values 0, 1 .. */
    bool pair;        /* [height, width]; one number alone stands for both */
    bool needed;      /* there is no standard: it must be written */
    bool like_before; /* the standard is what the setting before it in the list has */
} LayerSetting;

typedef struct LayerForm {
    const char *example; /* an entry that is right: "dense: 128" */
    const LayerSetting *settings;
    size_t count;    /* at most LAYER_MAX_SETTINGS */
    bool short_form; /* the first setting alone may be the layer's value */
    bool joins;      /* takes several inputs */
    bool images;     /* looks at height and width, which a table has not */
} LayerForm;

const LayerForm *layer_form(LayerKind kind);

#endif
