// SPDX-License-Identifier: MIT
// Turns the conformance data into inputs for the fuzz targets.
//
//   fuzz_seeds TARGET DATA OUTPUT      writes OUTPUT/TARGET/<name>, one file for each input, if the data has any for it
#include "support/files.hpp"
#include "support/json.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace {

namespace fs = std::filesystem;

bool put(const fs::path& path, std::string_view text)
{
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return file.good();
}

/// A JSON file; nothing when it is missing or no JSON.
std::optional<support::json_value> parsed(const fs::path& path)
{
    const auto text = support::file_content(path);
    return text ? support::parse_json(*text) : std::nullopt;
}

bool checkpoints(const fs::path& data, const fs::path& to)
{
    for (const char* const folder : {"vectors/read", "vectors/write"}) {
        for (const fs::path& path : support::files_in(data / folder)) {
            const auto file = support::file_content(path);
            if (path.extension() == ".safetensors" && !(file && put(to / path.filename(), *file)))
                return false;
        }
    }
    return true;
}

/// Quantised layers, sound and damaged.
bool quantised(const fs::path& data, const fs::path& to)
{
    for (const char* const folder : {"quantised/dequantise", "quantised/damage"}) {
        for (const fs::path& path : support::files_in(data / folder, ".safetensors")) {
            const auto file = support::file_content(path);
            if (!file || !put(to / path.filename(), *file))
                return false;
        }
    }
    return true;
}

bool texts(const fs::path& data, const fs::path& to)
{
    const auto recorded = parsed(data / "comfy/json_dumps.json");
    if (!recorded)
        return false;
    for (const support::json_value& one : recorded->at("cases").items()) {
        if (!put(to / one.at("id").text(), one.at("input").text()))
            return false;
    }
    return true;
}

/// A choice of rules for all cases in turn, prefix, output folder, entries.
bool names(const fs::path& data, const fs::path& to)
{
    const auto recorded = parsed(data / "comfy/filenames.json");
    if (!recorded)
        return false;
    std::size_t count = 0;
    for (const char* const list : {"rows", "fuzz"}) {
        for (const support::json_value& one : recorded->at(list).items()) {
            std::string text(1, static_cast<char>('0' + count++ % 16));
            text.append(one.at("prefix").text()).append("\xFF").append(one.at("output_dir").text());
            for (const support::json_value& entry : one.at("entries").items())
                text.append("\xFF").append(entry.text());
            if (!put(to / one.at("id").text(), text))
                return false;
        }
    }
    return true;
}

/// Indices, in part; the large ones show nothing more.
bool indices(const fs::path& data, const fs::path& to)
{
    const auto recorded = parsed(data / "beyond/index_verdicts.json");
    if (!recorded)
        return !fs::exists(data / "beyond/index_verdicts.json");
    for (const support::json_value& one : recorded->at("cases").items()) {
        if (!one.at("index").is_null() && !put(to / one.at("name").text(), one.at("index").text()))
            return false;
    }
    return true;
}

struct seeded_target {
    std::string_view name;
    bool (*make)(const fs::path& data, const fs::path& to);
};
constexpr std::array<seeded_target, 5> seeded_targets{{{"read_header", checkpoints},
                                                       {"redump", texts},
                                                       {"names", names},
                                                       {"quantised_values", quantised},
                                                       {"shards", indices}}};

} // namespace

int main(int count, char** values)
{
    if (count != 4) {
        std::fputs("usage: fuzz_seeds TARGET DATA OUTPUT\n", stderr);
        return 2;
    }
    for (const seeded_target& target : seeded_targets) {
        if (target.name != values[1])
            continue;
        const fs::path  output = fs::path(values[3]) / target.name;
        std::error_code failed;
        fs::create_directories(output, failed);
        if (failed || !target.make(values[2], output)) {
            std::fprintf(stderr, "the data in %s cannot be used\n", values[2]);
            return 1;
        }
    }
    return 0;
}
