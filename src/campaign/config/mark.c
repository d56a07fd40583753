#include "campaign/config/mark.h"

#include <stdlib.h>
#include <string.h>

/* One step down: by key or by index. */
static const YamlNode *step(const YamlNode *node, const char *name, size_t length) {
    if (node->kind == YAML_SEQUENCE) {
        char *end = NULL;
        unsigned long long index = strtoull(name, &end, 10);
        return end == name + length && index < node->count ? node->items[index] : NULL;
    }
    for (size_t i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
        const char *key = node->keys[i]->text;
        if (strlen(key) == length && memcmp(key, name, length) == 0) return node->items[i];
    }
    return NULL;
}

/* The innermost node on the path; *missing where the next one down is not written. */
static const YamlNode *walk(const YamlNode *root, const char *path, bool *missing) {
    const YamlNode *node = root;
    *missing = false;
    while (*path != '\0' && node->kind != YAML_SCALAR) {
        /* `- max_pool: [2, 3]`: the list stands for all of the layer's settings. */
        if (node->kind == YAML_SEQUENCE && (*path < '0' || *path > '9')) break;
        size_t length = strcspn(path, ".");
        const YamlNode *next = step(node, path, length);
        if (next == NULL) {
            *missing = true;
            break;
        }
        node = next;
        path += length + (path[length] == '.');
    }
    return node;
}

SourceMark mark_exact(const YamlNode *root, const char *path) {
    bool missing = false;
    const YamlNode *node = walk(root, path, &missing);
    return missing ? (SourceMark){0} : node->mark;
}

SourceMark mark_near(const YamlNode *root, const char *path) {
    bool missing = false;
    return walk(root, path, &missing)->mark;
}
