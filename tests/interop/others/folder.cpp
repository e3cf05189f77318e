// SPDX-License-Identifier: MIT
// Makes a folder of shards of a checkpoint, of at most so many bytes each, with the hub's index, and prints the statement
// that is signed for the folder.
//
// usage: folder CHECKPOINT FOLDER BYTES
#include <stet/read/mapped_file.hpp>
#include <stet/shards/save_shards.hpp>
#include <stet/shards/sharding.hpp>
#include <stet/signing/statement.hpp>
#include <stet/vocabulary/message.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

int fail(const stet::error& failed)
{
    std::fprintf(stderr, "%s\n", stet::message(failed).c_str());
    return 1;
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 4)
        return 2;
    const auto file = stet::file_checkpoint::open(arguments[1]);
    if (!file)
        return fail(file.error());
    std::vector<std::pair<std::string_view, std::string_view>> metadata;
    for (std::size_t i = 0; i < file->header().metadata_size(); ++i)
        metadata.emplace_back(file->header().metadata(i).key, file->header().metadata(i).value);
    const std::string folder = arguments[2];
    const auto        limit = std::strtoll(arguments[3], nullptr, 10);
    const auto saved = stet::shards::save(*file, folder, {.limit = limit, .file = {.metadata = metadata}});
    if (!saved)
        return fail(saved.error());
    const auto statement = stet::signing::statement(folder);
    if (!statement)
        return fail(statement.error());
    std::puts(statement->c_str());
    return 0;
}
