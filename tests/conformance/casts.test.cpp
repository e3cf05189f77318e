// SPDX-License-Identifier: MIT
// Tables of codes of one floating dtype and what torch makes of them in every other: cast by each way the processor
// has, and read as float and double.
#include "support/files.hpp"
#include "support/test_data.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/tensor/casts.hpp>
#include <stet/tensor/impl/cast_runs.hpp>
#include <stet/tensor/numbers.hpp>
#include <stet/vocabulary/impl/processor.hpp>
#include <stet/vocabulary/impl/words.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using stet::casts::too_large;
using stet::detail::cast_way;

constexpr std::string_view older_rule = "_nan_on_overflow";

std::vector<std::filesystem::path> tables_of(std::string_view folder)
{
    std::vector<std::filesystem::path>  tables;
    std::error_code                     failed;
    std::filesystem::directory_iterator entry(support::test_data(folder), failed);
    for (; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) {
        if (entry->path().extension() == ".safetensors")
            tables.push_back(entry->path());
    }
    return tables;
}

/// What a column holds: codes of a dtype, by the rule of its name.
struct column {
    stet::dtype type;
    too_large   beyond;
};

std::optional<column> column_named(std::string_view name)
{
    const bool is_older = name.ends_with(older_rule);
    if (is_older)
        name.remove_suffix(older_rule.size());
    const auto type = stet::dtype_named(name);
    if (!type || !stet::casts::is_cast(*type) || (is_older && *type != stet::dtype::f8_e4m3))
        return std::nullopt;
    return column{*type, is_older ? too_large::becomes_nan : too_large::saturates};
}

/// Whether a code of more than a byte is a NaN, by the definition of its dtype.
bool is_nan(stet::dtype type, std::uint64_t code)
{
    switch (stet::element_size(type)) {
    case 2:
        return (code & 0x7FFFU) > (type == stet::dtype::f16 ? 0x7C00U : 0x7F80U);
    case 4:
        return (code & 0x7FFF'FFFFU) > 0x7F80'0000U;
    default:
        return (code & 0x7FFF'FFFF'FFFF'FFFFU) > 0x7FF0'0000'0000'0000U;
    }
}

/// The source's own codes, little-endian: those of the file, else code i is i.
std::vector<std::byte> codes_of(stet::dtype from, const stet::checkpoint_view& file)
{
    const auto in = file.header().find("in");
    if (in) {
        const auto data = file.data(*in);
        return {data.begin(), data.end()};
    }
    const std::size_t width = stet::element_size(from);
    REQUIRE(width <= 2);
    std::vector<std::byte> codes;
    for (std::size_t code = 0; code < std::size_t{1} << (8 * width); ++code) {
        for (std::size_t i = 0; i < width; ++i)
            codes.push_back(static_cast<std::byte>(code >> (8 * i)));
    }
    return codes;
}

/// How many codes differ from the column's. Of a NaN of more than a byte torch's own answers differ, too.
std::size_t differing(stet::dtype to, std::span<const std::byte> made, std::span<const std::byte> golden)
{
    const std::size_t width = stet::element_size(to);
    std::size_t       wrong = 0;
    for (std::size_t i = 0; i < golden.size(); i += width) {
        const std::uint64_t is = stet::detail::load_word(made.data() + i, width);
        const std::uint64_t wanted = stet::detail::load_word(golden.data() + i, width);
        const bool          is_same = is == wanted || (width > 1 && is_nan(to, wanted) && is_nan(to, is));
        wrong += is_same ? 0U : 1U;
    }
    return wrong;
}

template <class Number, class Bits>
std::size_t read_otherwise(const stet::tensor_view& tensor, std::span<const std::byte> golden)
{
    const std::vector<Number> read = *stet::to_numbers<Number>(tensor);
    REQUIRE(read.size() * sizeof(Bits) == golden.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < read.size(); ++i) {
        const auto bits =
            static_cast<Bits>(stet::detail::load_word(golden.data() + i * sizeof(Bits), sizeof(Bits)));
        const bool is_same = std::isnan(std::bit_cast<Number>(bits)) ? std::isnan(read[i])
                                                                     : std::bit_cast<Bits>(read[i]) == bits;
        wrong += is_same ? 0U : 1U;
    }
    return wrong;
}

void check_column(stet::dtype from, const std::vector<std::byte>& codes, const column& wanted,
                  std::span<const std::byte> golden)
{
    const std::size_t count = codes.size() / stet::element_size(from);
    REQUIRE(golden.size() == count * stet::element_size(wanted.type));
    std::vector<std::byte> made(golden.size());
    REQUIRE(stet::casts::convert(from, codes, wanted.type, made, wanted.beyond));
    CHECK(differing(wanted.type, made, golden) == 0);
    for (const cast_way way : {cast_way::plain, cast_way::vectors_of_16, cast_way::vectors_of_32}) {
        if (way == cast_way::vectors_of_32 && !stet::detail::processor().avx2)
            continue;
        std::vector<std::byte> again(golden.size());
        stet::detail::element_caster(from, wanted.type, wanted.beyond, way)
            .cast(codes.data(), count, again.data());
        CAPTURE(static_cast<int>(way));
        CHECK(again == made);
    }
    const auto tensor = stet::view_of(from, {count}, codes);
    REQUIRE(tensor);
    if (wanted.type == stet::dtype::f32)
        CHECK(read_otherwise<float, std::uint32_t>(*tensor, golden) == 0);
    if (wanted.type == stet::dtype::f64)
        CHECK(read_otherwise<double, std::uint64_t>(*tensor, golden) == 0);
}

/// Checks each of a table's columns. A table that says too little to be one fails.
void check_table(const stet::checkpoint_view& file)
{
    const auto said = file.header().metadata("from");
    REQUIRE(said);
    const auto from = stet::dtype_named(*said);
    REQUIRE((from && stet::casts::is_cast(*from)));
    const std::vector<std::byte> codes = codes_of(*from, file);
    std::size_t                  columns = 0;
    for (const stet::stored_tensor stored : file.header()) {
        if (stored.name == "in")
            continue;
        CAPTURE(stored.name);
        const auto wanted = column_named(stored.name);
        REQUIRE(wanted);
        check_column(*from, codes, *wanted, file.data(stored));
        ++columns;
    }
    CHECK(columns != 0);
}

} // namespace

TEST_CASE("floating dtypes are cast and read as torch does it")
{
    const char* const folder = "beyond/casts";
    if (!support::found_test_data(folder))
        return;
    std::size_t cases = 0;
    for (const std::filesystem::path& table : tables_of(folder)) {
        CAPTURE(table.filename().string());
        const auto content = support::file_content(table);
        REQUIRE(content);
        const auto file = stet::read_checkpoint(std::as_bytes(std::span(*content)));
        REQUIRE(file);
        check_table(*file);
        ++cases;
    }
    support::report_cases(folder, cases);
}
