// SPDX-License-Identifier: MIT
// Files written by the reference implementation, written again from the same tensors: every byte must agree.
#include "support/json.hpp"
#include "support/test_data.hpp"

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

std::optional<recorded_tensor> parse_tensor(const support::json_value& from)
{
    const auto* const type = from.find("dtype");
    const auto* const shape = from.find("shape");
    const auto* const size = from.find("nbytes");
    const auto* const seed = from.find("seed");
    const auto* const pattern = from.find("pattern");
    if (type == nullptr || type->string() == nullptr || shape == nullptr || shape->elements() == nullptr ||
        size == nullptr || !size->integer() || seed == nullptr || !seed->integer() || pattern == nullptr ||
        pattern->string() == nullptr)
        return std::nullopt;
    const auto known_type = stet::dtype_named(*type->string());
    if (!known_type || (*pattern->string() != "ramp7" && *pattern->string() != "mod2"))
        return std::nullopt;

    recorded_tensor tensor{.type = *known_type,
                           .shape = {},
                           .data = patterned(*pattern->string(), *seed->integer(), *size->integer())};
    for (const support::json_value& axis : *shape->elements()) {
        if (!axis.integer())
            return std::nullopt;
        tensor.shape.push_back(*axis.integer());
    }
    return tensor;
}

std::optional<recorded_file> parse_case(const support::json_value& from)
{
    const auto* const name = from.find("name");
    const auto* const file = from.find("file");
    const auto* const metadata = from.find("metadata");
    const auto* const tensors = from.find("tensors");
    if (name == nullptr || name->string() == nullptr || file == nullptr || file->string() == nullptr ||
        metadata == nullptr || tensors == nullptr || tensors->elements() == nullptr)
        return std::nullopt;

    recorded_file recorded;
    recorded.name = *name->string();
    auto content = support::file_content(support::test_data(folder) / *file->string());
    if (!content)
        return std::nullopt;
    recorded.content = *std::move(content);
    for (const support::json_value& one : *tensors->elements()) {
        auto              tensor = parse_tensor(one);
        const auto* const tensor_name = one.find("name");
        if (!tensor || tensor_name == nullptr || tensor_name->string() == nullptr)
            return std::nullopt;
        recorded.tensors.emplace_back(*tensor_name->string(), *std::move(tensor));
    }
    if (metadata->is_null())
        return recorded;
    if (metadata->members() == nullptr)
        return std::nullopt;
    recorded.metadata.emplace();
    for (const support::json_member& entry : *metadata->members()) {
        if (entry.value.string() == nullptr)
            return std::nullopt;
        recorded.metadata->emplace_back(entry.key, *entry.value.string());
    }
    return recorded;
}

/// None where the data is absent.
std::vector<recorded_file> recorded_files()
{
    std::vector<recorded_file> all;
    if (!support::has_test_data(folder))
        return all;
    const auto text = support::file_content(support::test_data(folder) / "index.json");
    REQUIRE(text);
    const auto index = support::parse_json(*text);
    REQUIRE(index);
    const auto* const cases = index->find("cases");
    REQUIRE(cases != nullptr);
    REQUIRE(cases->elements() != nullptr);
    for (std::size_t i = 0; i < cases->elements()->size(); ++i) {
        auto recorded = parse_case((*cases->elements())[i]);
        INFO("case " << i);
        REQUIRE(recorded);
        all.push_back(*std::move(recorded));
    }
    return all;
}

stet::metadata_view metadata_of(const recorded_file& recorded)
{
    return recorded.metadata ? stet::metadata_view(*recorded.metadata) : stet::metadata_view();
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

/// Whether the bytes agree; CHECK would print both files.
bool agrees(const recorded_file& recorded, std::string_view content)
{
    if (content == recorded.content)
        return true;
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
        CHECK(agrees(recorded, saved(checkpoint_of(recorded), {.metadata = metadata_of(recorded)})));
    }
    support::report_cases(folder, files.size());
}

TEST_CASE("the reference's files come out of every kind of sink")
{
    for (const recorded_file& recorded : recorded_files()) {
        INFO(recorded.name);
        const stet::model_only   checkpoint = checkpoint_of(recorded);
        const stet::sink_options options{.metadata = metadata_of(recorded)};
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

        std::string               joined;
        stet::append_sink         behind(joined);
        std::array<std::byte, 5>  block{};
        stet::staged_sink staged(behind, block);
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
            std::vector<std::byte>   block(size);
            const stet::sink_options options{.metadata = metadata_of(recorded), .staging = block};
            CHECK(agrees(recorded, saved(checkpoint_of(recorded), options)));
        }
    }
}

TEST_CASE("the reference's files do not depend on how tensors are handed over")
{
    for (const recorded_file& recorded : recorded_files()) {
        INFO(recorded.name);
        const stet::sink_options options{.metadata = metadata_of(recorded)};

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
