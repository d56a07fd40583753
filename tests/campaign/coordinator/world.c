#include "campaign/coordinator/world.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"
#include "base/text.h"

void world_begin(World *world) {
    *world = (World){.poison = {UINT64_MAX, UINT64_MAX}, .fragile = UINT64_MAX};
}

void world_end(World *world) {
    for (size_t i = 0; i < world->file_count; i++)
        free(world->files[i].bytes);
    free(world->files);
    bytes_writer_release(&world->journal);
}

WorldFile *world_find(const World *world, const char *name) {
    for (size_t i = 0; i < world->file_count; i++) {
        if (strcmp(world->files[i].name, name) == 0) return &world->files[i];
    }
    return NULL;
}

static void forget(World *world, const char *name) {
    WorldFile *file = world_find(world, name);
    if (file == NULL) return;
    free(file->bytes);
    *file = world->files[--world->file_count];
}

bool world_write(World *world, const char *name, const void *bytes, size_t length, bool told) {
    if (world->disk_full) return false;
    forget(world, name);
    CU_ASSERT_EQUAL_FATAL(
        memory_grow(&world->files, &world->file_capacity, world->file_count + 1, sizeof(WorldFile)),
        STATUS_OK);
    WorldFile *file = &world->files[world->file_count++];
    *file = (WorldFile){.length = length, .told = told};
    text_copy(file->name, sizeof(file->name), name);
    CU_ASSERT_EQUAL_FATAL(memory_new(&file->bytes, length, 1), STATUS_OK);
    memcpy(file->bytes, bytes, length);
    return true;
}

void world_remove(World *world, const char *name) {
    if (!world->hoards) forget(world, name);
}

void world_copy(const World *world, size_t length, World *copy) {
    world_begin(copy);
    copy->clock = world->clock;
    bytes_put_raw(&copy->journal, world->journal.data, length);
    copy->synced_length = length;
    for (size_t i = 0; i < world->file_count; i++)
        world_write(copy, world->files[i].name, world->files[i].bytes, world->files[i].length, true);
}

void world_cut_journal(World *world, size_t length) {
    ByteReader reader = bytes_reader(world->journal.data, world->journal.length);
    size_t whole = 0;
    while (reader.position < reader.length) {
        size_t record;
        (void)bytes_get_block(&reader, &record);
        if (reader.position > length) break;
        whole = reader.position;
    }
    world->journal.length = whole;
    world->synced_length = whole;
}
