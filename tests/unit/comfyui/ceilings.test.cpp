// SPDX-License-Identifier: MIT
#include <stet/comfyui/ceilings.hpp>
#include <stet/header/header.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr bool is_ascending()
{
    for (std::size_t i = 1; i < stet::ceilings::known.size(); ++i) {
        if (stet::ceilings::known[i - 1].longest >= stet::ceilings::known[i].longest)
            return false;
    }
    return true;
}

std::vector<std::string_view> programs(std::uint64_t header_bytes)
{
    std::vector<std::string_view> names;
    for (const stet::ceilings::ceiling& exceeded : stet::ceilings::exceeded(header_bytes))
        names.push_back(exceeded.program);
    return names;
}

/// The number written with commas between groups of three.
std::string readable(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3)
        text.insert(i - 3, 1, ',');
    return text;
}

using names = std::vector<std::string_view>;

} // namespace

static_assert(is_ascending());
static_assert(stet::ceilings::exceeded(0).empty());
static_assert(stet::ceilings::exceeded(UINT64_MAX).size() == stet::ceilings::known.size());
static_assert(stet::ceilings::exceeded(UINT64_MAX).data() == stet::ceilings::known.data());
static_assert(noexcept(stet::ceilings::exceeded(0)));

TEST_CASE("a header at a ceiling is fine, one byte more is not")
{
    CHECK(programs(1'048'576).empty());
    CHECK(programs(1'048'577) == names{"ComfyUI metadata view"});
    CHECK(programs(8'388'608) == names{"ComfyUI metadata view"});
    CHECK(programs(8'388'609) == names{"ComfyUI metadata view", "ComfyUI model previews"});
    CHECK(programs(25'000'000).size() == 2);
    CHECK(programs(25'000'001) ==
          names{"ComfyUI metadata view", "ComfyUI model previews", "Hugging Face Hub"});
    CHECK(programs(99'999'999).size() == 3);
    CHECK(programs(100'000'000) ==
          names{"ComfyUI metadata view", "ComfyUI model previews", "Hugging Face Hub", "MLX"});
    CHECK(programs(100'000'001) ==
          names{"ComfyUI metadata view", "ComfyUI model previews", "Hugging Face Hub", "MLX", "safetensors"});
    CHECK(programs(104'857'600).size() == 5);
    CHECK(programs(104'857'601).back() == "SwarmUI");
}

TEST_CASE("the longest header that can be written passes every ceiling below the format's own")
{
    CHECK(programs(stet::max_header_size).back() == "MLX");
    CHECK(programs(stet::max_header_size + 1).back() == "safetensors");
}

TEST_CASE("each ceiling has one sentence that names its program and its figure")
{
    for (const stet::ceilings::ceiling& one : stet::ceilings::known) {
        const std::string_view program = one.program.substr(0, one.program.find(" m"));
        // MLX refuses the round number itself.
        const std::uint64_t figure = one.program == "MLX" ? one.longest + 1 : one.longest;
        CHECK(one.sentence.find(program) != std::string_view::npos);
        CHECK(one.sentence.find(readable(figure)) != std::string_view::npos);
        CHECK(one.sentence.back() != '.');
        CHECK(one.sentence.find('\n') == std::string_view::npos);
        CHECK(std::count_if(stet::ceilings::known.begin(), stet::ceilings::known.end(),
                            [&one](const stet::ceilings::ceiling& other) {
                                return other.sentence == one.sentence;
                            }) == 1);
    }
    CHECK(stet::ceilings::known[0].sentence ==
          "ComfyUI shows no metadata of a file whose header passes 1,048,576 bytes");
}
