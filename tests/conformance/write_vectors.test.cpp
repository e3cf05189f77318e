// SPDX-License-Identifier: MIT
// Files written by the reference implementation, written again from the same tensors: every byte must agree.
#include "support/comfy_case.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"

#include <stet/read.hpp>
#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct recorded_tensor {
    stet::dtype                type;
    std::vector<std::uint64_t> shape;
    std::vector<std::byte>     data;
};

struct recorded_file {
    std::string                                                     name;
    std::string                                                     content;
    std::vector<std::pair<std::string, recorded_tensor>>            tensors;
    std::optional<std::vector<std::pair<std::string, std::string>>> metadata;
};

} // namespace

template <>
struct stet::tensor_traits<recorded_tensor> {
    static result<tensor_view> view(const recorded_tensor& tensor) noexcept
    {
        return view_of(tensor.type, tensor.shape, tensor.data);
    }
};

namespace {

/// Keys are the names already.
struct unprefixed {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept { return {.stem = key}; }
};

/// The same names, cut in the middle, between two characters.
struct cut_in_two {
    static stet::placed_name place(stet::role::model, std::string_view key) noexcept
    {
        const std::size_t middle = stet::detail::next_character(key, key.size() / 2);
        return {.prefix = key.substr(0, middle), .stem = key.substr(middle)};
    }
};

/// A tensor whose bytes come in pieces of three.
struct dripping_tensor {
    const recorded_tensor* from;
};

} // namespace

template <>
struct stet::tensor_traits<dripping_tensor> {
    static result<tensor_view> view(const dripping_tensor& tensor) noexcept
    {
        return produced_view(tensor.from->type, tensor.from->shape, *tensor.from,
                             [](const recorded_tensor& object, sink_ref out) -> result<void> {
                                 bytes left(object.data);
                                 while (!left.empty()) {
                                     const std::size_t count = std::min<std::size_t>(3, left.size());
                                     if (auto written = out.write(left.first(count)); !written)
                                         return written;
                                     left = left.subspan(count);
                                 }
                                 return {};
                             });
    }
};

namespace {

constexpr std::string_view folder = "vectors/write";

std::vector<std::byte> patterned(const std::string& pattern, std::uint64_t seed, std::uint64_t size)
{
    const bool             is_ramp = pattern == "ramp7";
    std::vector<std::byte> data(size);
    for (std::uint64_t i = 0; i < size; ++i)
        data[i] = static_cast<std::byte>(is_ramp ? (seed + 7 * i) % 256 : (seed + i) % 2);
    return data;
}

support::data_shape recorded_case()
{
    using support::a_count, support::a_text, support::data_shape;
    const auto is_pattern = [](const support::json_value& value) {
        return value.text() == "ramp7" || value.text() == "mod2";
    };
    const auto is_type = [](const support::json_value& value) {
        return stet::dtype_named(value.text()).has_value();
    };
    const auto tensor = data_shape::object({{"name", a_text()},
                                            {"dtype", {"the name of a dtype", is_type}},
                                            {"shape", support::counts()},
                                            {"nbytes", a_count()},
                                            {"seed", a_count()},
                                            {"pattern", {"ramp7 or mod2", is_pattern}}});
    return data_shape::object({{"name", a_text()},
                               {"file", a_text()},
                               {"metadata", support::an_object_of_texts().or_null()},
                               {"tensors", data_shape::list_of(tensor)}});
}

/// Nothing and a failed check when the file is not there or cannot hold what the case says.
std::optional<recorded_file> parse_case(const support::json_value& from)
{
    const std::string file(from.at("file").text());
    auto              content = support::file_content(support::test_data(folder) / file);
    if (!content) {
        FAIL_CHECK(folder << "/" << file << " cannot be read");
        return std::nullopt;
    }
    recorded_file recorded{.name = std::string(from.at("name").text()),
                           .content = *std::move(content),
                           .tensors = {},
                           .metadata = {}};
    for (const support::json_value& one : from.at("tensors").items()) {
        const std::uint64_t size = one.at("nbytes").integer().value_or(0);
        if (size > recorded.content.size()) {
            FAIL_CHECK(folder << "/index.json: " << recorded.name << ": 'nbytes' is more than the file has");
            return std::nullopt;
        }
        recorded_tensor tensor{.type = stet::dtype_named(one.at("dtype").text()).value(),
                               .shape = {},
                               .data = patterned(std::string(one.at("pattern").text()),
                                                 one.at("seed").integer().value_or(0), size)};
        for (const support::json_value& axis : one.at("shape").items())
            tensor.shape.push_back(axis.integer().value_or(0));
        recorded.tensors.emplace_back(one.at("name").text(), std::move(tensor));
    }
    if (from.at("metadata").is_null())
        return recorded;
    recorded.metadata.emplace();
    for (const support::json_member& entry : *from.at("metadata").members())
        recorded.metadata->emplace_back(entry.key, entry.value.text());
    return recorded;
}

/// None where the data is absent; failed checks where it lacks something.
std::vector<recorded_file> recorded_files()
{
    std::vector<recorded_file> all;
    if (!support::has_test_data(folder))
        return all;
    const std::string index_name = std::string(folder) + "/index.json";
    const auto        index = support::read_cases(index_name, {{"cases", recorded_case()}});
    if (!index) {
        FAIL_CHECK(index_name << " is what names the cases of " << folder);
        return all;
    }
    std::size_t count = 0;
    for (const support::json_value& one : index->at("cases").items()) {
        ++count;
        if (auto recorded = parse_case(one))
            all.push_back(*std::move(recorded));
    }
    if (index->find("count") != nullptr && index->at("count").integer() != count)
        FAIL_CHECK(index_name << " says 'count' of another number than its " << count << " cases");
    return all;
}

stet::metadata_view metadata_of(const recorded_file& recorded)
{
    return recorded.metadata ? stet::metadata_view(*recorded.metadata) : stet::metadata_view();
}

/// A file without tensors is one, too.
stet::sink_options options_of(const recorded_file& recorded)
{
    return {.metadata = metadata_of(recorded), .empty = stet::empty_components::allow};
}

stet::model_only checkpoint_of(const recorded_file& recorded)
{
    return {.model = recorded.tensors};
}

/// The file as a string sink receives it; the error's message when it does not.
template <class Layout = unprefixed>
std::string saved(const stet::model_only& checkpoint, const stet::sink_options& options,
                  const Layout& layout = {})
{
    std::string       content;
    stet::append_sink destination(content);
    const auto        written = stet::save(checkpoint, layout, destination, options);
    if (!written)
        return stet::message(written.error());
    CHECK(written->bytes == content.size());
    return content;
}

/// A file's header without its metadata, its metadata in the order of the keys, and its data.
std::optional<std::string> in_order(std::string_view content)
{
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(content)));
    if (!read)
        return std::nullopt;
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < read->header().metadata_size(); ++i) {
        const auto entry = read->header().metadata(i);
        entries.push_back(std::string(entry.key) + '=' + std::string(entry.value) + ';');
    }
    std::sort(entries.begin(), entries.end());
    std::string text;
    for (const std::string& entry : entries)
        text += entry;
    const std::string_view header = read->header().text();
    text += header.substr(header.find('}')); // the metadata is what the header begins with
    return text += content.substr(8 + header.size());
}

/// Whether the bytes agree; CHECK would print both files. Of several entries of metadata the reference chose the order
/// by chance.
bool agrees(const recorded_file& recorded, std::string_view content)
{
    if (content == recorded.content)
        return true;
    if (recorded.metadata && recorded.metadata->size() > 1 && content.size() == recorded.content.size()) {
        const auto found = in_order(content);
        if (found && found == in_order(recorded.content))
            return true;
    }
    const auto differing =
        std::mismatch(content.begin(), content.end(), recorded.content.begin(), recorded.content.end());
    UNSCOPED_INFO("first difference at byte " << differing.first - content.begin() << ", " << content.size()
                                              << " of " << recorded.content.size() << " bytes written");
    return false;
}

int take(void* context, const void* data, std::size_t size)
{
    static_cast<std::string*>(context)->append(static_cast<const char*>(data), size);
    return 0;
}

} // namespace

TEST_CASE("the reference's files are written byte by byte")
{
    if (!support::found_test_data(folder))
        return;
    const std::vector<recorded_file> files = recorded_files();
    for (const recorded_file& recorded : files) {
        INFO(recorded.name);
        CHECK(agrees(recorded, saved(checkpoint_of(recorded), options_of(recorded))));
    }
    support::report_cases(folder, files.size());
}

TEST_CASE("the reference's files come out of every kind of sink")
{
    for (const recorded_file& recorded : recorded_files()) {
        INFO(recorded.name);
        const stet::model_only   checkpoint = checkpoint_of(recorded);
        const stet::sink_options options = options_of(recorded);
        const auto               as_text = [](const std::vector<std::byte>& data) {
            return std::string_view(reinterpret_cast<const char*>(data.data()), data.size());
        };

        std::vector<std::byte> appended;
        stet::append_sink      append(appended);
        CHECK(stet::save(checkpoint, unprefixed{}, append, options));
        CHECK(agrees(recorded, as_text(appended)));

        std::vector<std::byte> memory(recorded.content.size());
        stet::span_sink        span(memory);
        CHECK(stet::save(checkpoint, unprefixed{}, span, options));
        CHECK(span.size() == memory.size());
        CHECK(agrees(recorded, as_text(memory)));

        std::string         taken;
        stet::callback_sink callback(take, &taken);
        CHECK(stet::save(checkpoint, unprefixed{}, callback, options));
        CHECK(agrees(recorded, taken));

        std::string              joined;
        stet::append_sink        behind(joined);
        std::array<std::byte, 5> block{};
        stet::staged_sink        staged(behind, block);
        CHECK(stet::save(checkpoint, unprefixed{}, staged, options));
        CHECK(staged.flush());
        CHECK(agrees(recorded, joined));

        std::string       referred;
        stet::append_sink target(referred);
        stet::sink_ref    reference(target);
        CHECK(stet::save(checkpoint, unprefixed{}, reference, options));
        CHECK(agrees(recorded, referred));

        stet::counting_sink counting;
        CHECK(stet::save(checkpoint, unprefixed{}, counting, options));
        CHECK(counting.size() == recorded.content.size());

        stet::span_sink too_small(std::span<std::byte>(memory.data(), memory.size() - 1));
        const auto      refused = stet::save(checkpoint, unprefixed{}, too_small, options);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == stet::errc::sink_full);
    }
}

TEST_CASE("the reference's files do not depend on the size of the staging block")
{
    for (const recorded_file& recorded : recorded_files()) {
        INFO(recorded.name);
        for (const std::size_t size : {1U, 2U, 3U, 7U, 8U, 13U, 63U, 65U, 101U, 1023U, 4097U}) {
            INFO(size << " bytes of staging");
            std::vector<std::byte> block(size);
            stet::sink_options     options = options_of(recorded);
            options.staging = block;
            CHECK(agrees(recorded, saved(checkpoint_of(recorded), options)));
        }
    }
}

TEST_CASE("the reference's files do not depend on how tensors are handed over")
{
    for (const recorded_file& recorded : recorded_files()) {
        INFO(recorded.name);
        const stet::sink_options options = options_of(recorded);

        CHECK(agrees(recorded, saved(checkpoint_of(recorded), options, cut_in_two{})));

        auto reversed = recorded.tensors;
        std::reverse(reversed.begin(), reversed.end());
        CHECK(agrees(recorded, saved({.model = reversed}, options)));

        std::vector<std::pair<std::string, dripping_tensor>> produced;
        for (const auto& [name, tensor] : recorded.tensors)
            produced.emplace_back(name, dripping_tensor{&tensor});
        CHECK(agrees(recorded, saved({.model = produced}, options)));

        // As extra tensors beside an empty model.
        CHECK(agrees(recorded, saved({.model = stet::no_entries, .extra = recorded.tensors}, options)));
    }
}
