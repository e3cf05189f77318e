// SPDX-License-Identifier: MIT
// What the sentences are about; that a compiler says them is tested in compile_fail/.
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using tensor_map = std::map<std::string, stet::tensor_view>;

using namespace stet::detail;

static_assert(savable<tensor_map> && savable<stet::plan> && savable<stet::full>);
static_assert(savable<std::string> && savable<char[6]>, "given first, a path deserves its sentence");
static_assert(!savable<int> && !savable<stet::counting_sink>);

static_assert(any_place<std::string> && any_place<char[6]> && any_place<std::string_view>);
static_assert(any_place<stet::exact_path> && any_place<stet::numbered> && any_place<stet::counting_sink>);
static_assert(any_place<std::vector<std::byte>&> && !any_place<std::vector<std::byte>>,
              "bytes that are gone after the call were written in vain");
static_assert(!any_place<std::string&> || save_place<std::string>, "a string is a path, never a sink");
static_assert(!save_destination<std::string&> && !save_destination<const std::vector<std::byte>&>);
static_assert(!any_place<tensor_map> && !any_place<int> && !any_place<stet::save_options>);

} // namespace

TEST_CASE("a named string is a path, even one that could be written to")
{
    std::string path;
    CHECK(stet::save(tensor_map{{"w", {.shape = {0}}}}, path).error().code == stet::errc::invalid_file_name);
    CHECK(path.empty());
}
