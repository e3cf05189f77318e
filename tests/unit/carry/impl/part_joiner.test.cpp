// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/short_memory.hpp"
#include "support/split_names.hpp"

#include <stet/carry/carry_metadata.hpp>
#include <stet/families/layouts.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <string>
#include <string_view>

namespace {

namespace role = stet::role;
using support::small_tensors;

stet::metadata_list source()
{
    return {{"format", "pt"}, {"_quantization_metadata", R"({"layers":{"a":{"format":"nvfp4"}}})"}};
}

} // namespace

TEST_CASE("components without metadata change nothing, and names are said once")
{
    const small_tensors        dict{"a.weight"};
    const stet::metadata_list  other{{"x", "1"}};
    stet::carry::carry_options options{};
    stet::carry::carried       said;
    stet::detail::part_joiner  joiner(options, said);
    const stet::layouts::sd3   layout{};
    const auto                 names = stet::detail::names_by<stet::layouts::sd3, role::model>(layout);
    REQUIRE(joiner.add({}, stet::component<role::model>(dict), names, false));
    REQUIRE(joiner.add(other, stet::component<role::model>(dict), names, false));
    REQUIRE(joiner.add(other, stet::component<role::model>(dict), names, false));
    REQUIRE(joiner.finish({}));
    CHECK(said.metadata == other);
    CHECK(said.unknown.size() == 1);
}

TEST_CASE("joining and splitting without memory say so and give all memory back")
{
    const small_tensors                      model{"a.weight"};
    const small_tensors                      file{"model.diffusion_model.a.weight"};
    const stet::metadata_list                of_model = source();
    const std::array<stet::metadata_view, 1> sources{of_model};
    const stet::metadata_list                whole{
                       {"_quantization_metadata", R"({"layers":{"model.diffusion_model.a":{"format":"nvfp4"}}})"}};
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              return support::failure(stet::carry::compose(stet::model_only{.model = model},
                                                           stet::layouts::sd3{}, sources, {},
                                                           {.allocator = memory}));
          }) > 5);
    CHECK(support::allocations_needed([&](const stet::allocator& memory) -> std::string_view {
              return support::failure(stet::carry::split<stet::layouts::sd3>(
                  file, whole, {.allocator = memory}, {.allocator = memory}));
          }) > 5);
}
