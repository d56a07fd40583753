#include "base/texts.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

#define FIRST_CAPACITY 16

/* Where the text lies, or would. */
static char **slot_of(const Texts *texts, const char *text) {
    size_t at = (size_t)hash64(text, strlen(text));
    for (;; at++) {
        char **slot = &texts->slots[at & (texts->capacity - 1)];
        if (*slot == NULL || strcmp(*slot, text) == 0) return slot;
    }
}

static Status make_room(Texts *texts) {
    if (2 * (texts->count + 1) <= texts->capacity) return STATUS_OK;
    char **slots;
    size_t capacity = texts->capacity == 0 ? FIRST_CAPACITY : 2 * texts->capacity;
    TRY(memory_new(&slots, capacity, sizeof(char *)));
    Texts old = *texts;
    *texts = (Texts){.count = old.count, .capacity = capacity, .slots = slots};
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i] != NULL) *slot_of(texts, old.slots[i]) = old.slots[i];
    }
    free(old.slots);
    return STATUS_OK;
}

Status texts_share(Texts *texts, const char *text, const char **shared) {
    TRY(make_room(texts));
    char **slot = slot_of(texts, text);
    if (*slot == NULL) {
        TRY(memory_text(slot, text));
        texts->count++;
    }
    *shared = *slot;
    return STATUS_OK;
}

void texts_release(Texts *texts) {
    for (size_t i = 0; i < texts->capacity; i++)
        free(texts->slots[i]);
    free(texts->slots);
    *texts = (Texts){0};
}
