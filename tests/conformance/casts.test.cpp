// SPDX-License-Identifier: MIT
// Every code of the 8- and 16-bit floating dtypes, and samples of F32 and F64, read as float and double: as torch does.
#include "support/files.hpp"
#include "support/test_data.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/tensor/half.hpp>
#include <stet/tensor/numbers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace {

struct source {
    const char* file;
    stet::dtype type;
    bool        is_sample; ///< the codes lie in the file; else code i is i
};

constexpr std::array<source, 8> sources{{
    {"f8_e4m3_all", stet::dtype::f8_e4m3, false},
    {"f8_e5m2_all", stet::dtype::f8_e5m2, false},
    {"f8_e4m3fnuz_all", stet::dtype::f8_e4m3fnuz, false},
    {"f8_e5m2fnuz_all", stet::dtype::f8_e5m2fnuz, false},
    {"f16_all", stet::dtype::f16, false},
    {"bf16_all", stet::dtype::bf16, false},
    {"f32_sample", stet::dtype::f32, true},
    {"f64_sample", stet::dtype::f64, true},
}};

/// The source's own codes as a tensor, little-endian.
std::vector<std::byte> codes_of(const source& from, const stet::checkpoint_view& file)
{
    if (from.is_sample) {
        const auto data = file.data(*file.header().find("in"));
        return {data.begin(), data.end()};
    }
    const std::size_t      width = stet::element_size(from.type);
    const std::size_t      count = width == 1 ? 256 : 65'536;
    std::vector<std::byte> codes;
    for (std::size_t code = 0; code < count; ++code) {
        for (std::size_t i = 0; i < width; ++i)
            codes.push_back(static_cast<std::byte>(code >> (8 * i)));
    }
    return codes;
}

template <class Number, class Bits>
std::size_t differing(const stet::tensor_view& tensor, const stet::checkpoint_view& file, const char* wanted)
{
    const auto stored = file.header().find(wanted);
    if (!stored)
        return 0;
    const std::vector<Bits>   expected = *stet::to_numbers<Bits>(file.tensor(*stored));
    const std::vector<Number> read = *stet::to_numbers<Number>(tensor);
    REQUIRE(read.size() == expected.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < read.size(); ++i) {
        const auto golden = std::bit_cast<Number>(expected[i]);
        const bool same =
            std::isnan(golden) ? std::isnan(read[i]) : std::bit_cast<Bits>(read[i]) == expected[i];
        wrong += same ? 0U : 1U;
    }
    CAPTURE(wanted);
    CHECK(wrong == 0);
    return read.size();
}

} // namespace

TEST_CASE("codes of floating dtypes are read as torch reads them")
{
    const char* const folder = "beyond/casts";
    if (!support::found_test_data(folder))
        return;
    std::size_t cases = 0;
    for (const source& from : sources) {
        CAPTURE(from.file);
        const auto content =
            support::file_content(support::test_data(folder) / (std::string(from.file) + ".safetensors"));
        REQUIRE(content);
        const auto file = stet::read_checkpoint(std::as_bytes(std::span(*content)));
        REQUIRE(file);
        const auto codes = codes_of(from, *file);
        const auto tensor = stet::view_of(from.type, {codes.size() / stet::element_size(from.type)}, codes);
        REQUIRE(tensor);
        cases += differing<float, std::uint32_t>(*tensor, *file, "F32");
        cases += differing<double, std::uint64_t>(*tensor, *file, "F64");
    }
    support::report_cases(folder, cases);
}
