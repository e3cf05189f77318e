// SPDX-License-Identifier: MIT
#include <stet/vocabulary/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

using stet::clipped_text;
using stet::errc;
using stet::error;

static_assert(std::is_trivially_copyable_v<error>, "failing allocates nothing");
static_assert(std::is_trivially_destructible_v<error>);
static_assert(std::is_aggregate_v<error>);
static_assert(std::is_nothrow_default_constructible_v<error>);
static_assert(sizeof(error) <= 512);
static_assert(std::is_same_v<std::underlying_type_t<errc>, std::uint8_t>);

// Numbers get into logs and other languages: a code keeps its own.
static_assert(static_cast<int>(errc::tensor_size_mismatch) == 1);
static_assert(static_cast<int>(errc::tensor_size_overflow) == 2);
static_assert(static_cast<int>(errc::negative_dimension) == 3);
static_assert(static_cast<int>(errc::borrowed_axes_expired) == 4);
static_assert(static_cast<int>(errc::partial_byte) == 5);
static_assert(static_cast<int>(errc::strides_rank_mismatch) == 6);
static_assert(static_cast<int>(errc::outside_storage) == 7);
static_assert(static_cast<int>(errc::sub_byte_strides) == 8);
static_assert(static_cast<int>(errc::no_such_axis) == 9);
static_assert(static_cast<int>(errc::too_many_axes) == 10);
static_assert(static_cast<int>(errc::not_in_memory) == 11);
static_assert(static_cast<int>(errc::stack_mismatch) == 12);
static_assert(static_cast<int>(errc::stack_of_scalars) == 13);
static_assert(static_cast<int>(errc::produced_size_mismatch) == 14);
static_assert(static_cast<int>(errc::missing_tensor) == 15);
static_assert(static_cast<int>(errc::duplicate_name) == 16);
static_assert(static_cast<int>(errc::reserved_name) == 17);
static_assert(static_cast<int>(errc::invalid_utf8) == 18);
static_assert(static_cast<int>(errc::file_size_overflow) == 19);
static_assert(static_cast<int>(errc::header_too_large) == 20);
static_assert(static_cast<int>(errc::invalid_metadata_utf8) == 21);
static_assert(static_cast<int>(errc::duplicate_metadata_key) == 22);
static_assert(static_cast<int>(errc::out_of_memory) == 23);
static_assert(static_cast<int>(errc::sink_full) == 24);
static_assert(static_cast<int>(errc::sink_refused) == 25);
static_assert(static_cast<int>(errc::cancelled) == 26);
static_assert(static_cast<int>(errc::invalid_file_name) == 27);
static_assert(static_cast<int>(errc::outside_root) == 28);
static_assert(static_cast<int>(errc::counter_exhausted) == 29);
static_assert(static_cast<int>(errc::folder_missing) == 30);
static_assert(static_cast<int>(errc::name_taken) == 31);
static_assert(static_cast<int>(errc::not_a_regular_file) == 32);
static_assert(static_cast<int>(errc::permission_denied) == 33);
static_assert(static_cast<int>(errc::read_only_file_system) == 34);
static_assert(static_cast<int>(errc::disk_full) == 35);
static_assert(static_cast<int>(errc::file_too_large) == 36);
static_assert(static_cast<int>(errc::file_name_too_long) == 37);
static_assert(static_cast<int>(errc::too_many_open_files) == 38);
static_assert(static_cast<int>(errc::too_many_links) == 39);
static_assert(static_cast<int>(errc::io_failure) == 40);
static_assert(static_cast<int>(errc::missing_qkv) == 41);
static_assert(static_cast<int>(errc::projection_rank) == 42);
static_assert(static_cast<int>(errc::name_collision) == 43);
static_assert(static_cast<int>(errc::foreign_key) == 44);
static_assert(static_cast<int>(errc::quantised_companion) == 45);
static_assert(static_cast<int>(errc::position_ids_mismatch) == 46);
static_assert(static_cast<int>(errc::empty_component) == 47);
static_assert(static_cast<int>(errc::contradictory_prediction) == 48);
static_assert(static_cast<int>(errc::invalid_json) == 49);
static_assert(static_cast<int>(errc::json_too_deep) == 50);
static_assert(static_cast<int>(errc::metadata_too_large) == 51);
static_assert(static_cast<int>(errc::missing_metadata_key) == 52);
static_assert(static_cast<int>(errc::invalid_metadata_value) == 53);
static_assert(static_cast<int>(errc::output_folder_not_absolute) == 54);
static_assert(static_cast<int>(errc::uneven_qkv) == 55);
static_assert(static_cast<int>(errc::unusable_marker) == 56);
static_assert(static_cast<int>(errc::header_too_small) == 57);
static_assert(static_cast<int>(errc::header_length_too_large) == 58);
static_assert(static_cast<int>(errc::invalid_header_length) == 59);
static_assert(static_cast<int>(errc::invalid_header_utf8) == 60);
static_assert(static_cast<int>(errc::invalid_header_json) == 61);
static_assert(static_cast<int>(errc::invalid_offset) == 62);
static_assert(static_cast<int>(errc::shape_overflow) == 63);
static_assert(static_cast<int>(errc::tensor_info_mismatch) == 64);
static_assert(static_cast<int>(errc::incomplete_data) == 65);
static_assert(static_cast<int>(errc::more_bytes_needed) == 66);
static_assert(static_cast<int>(errc::forbidden_by_format) == 67);
static_assert(static_cast<int>(errc::source_refused) == 68);
static_assert(static_cast<int>(errc::file_missing) == 69);
static_assert(static_cast<int>(errc::file_in_use) == 70);
static_assert(static_cast<int>(errc::part_file_lost) == 71);
static_assert(stet::errc_count == 71);

namespace {

constexpr std::size_t capacity = 20;

std::string clipped(std::string_view head, std::string_view tail = {})
{
    clipped_text<capacity> text;
    text.assign(head, tail);
    return std::string(text.view());
}

} // namespace

static_assert([] {
    clipped_text<16> text;
    text.assign("model.", "weight");
    return text.view() == "model.weight";
}());
static_assert(error{.code = errc::disk_full, .expected = 7}.about("a file").expected == 7);
static_assert(error{.code = errc::disk_full}.about("a file").subject.view() == "a file");

TEST_CASE("a text that fits is kept whole")
{
    CHECK(clipped("").empty());
    CHECK(clipped("weight") == "weight");
    CHECK(clipped("first_stage.", "weight") == "first_stage.weight");
    CHECK(clipped("0123456789", "abcdefghij") == "0123456789abcdefghij");
}

TEST_CASE("of a text too long the tail is kept")
{
    CHECK(clipped("0123456789abcdefghijk") == "...456789abcdefghijk");
    CHECK(clipped("0123456789", "abcdefghijk") == "...456789abcdefghijk");
    CHECK(clipped("", "0123456789abcdefghijk") == "...456789abcdefghijk");
    CHECK(clipped("0", "123456789abcdefghijk") == "...456789abcdefghijk");
    CHECK(clipped("0123", "456789abcdefghijk") == "...456789abcdefghijk");
    CHECK(clipped("01234", "56789abcdefghijk") == "...456789abcdefghijk");
}

TEST_CASE("a text is clipped where a character starts")
{
    const std::string head = "0123456789";
    for (const std::string_view character : {"\xC3\xA9", "\xE6\xB8\x85", "\xF0\x9F\x98\x80"}) {
        for (std::size_t before = 0; before < 8; ++before) {
            std::string text(before, 'a');
            while (text.size() <= capacity)
                text += character;
            for (const std::string& shown : {clipped(text), clipped(head, text), clipped(text, "x")}) {
                CHECK(stet::detail::is_utf8(shown));
                CHECK(shown.starts_with("..."));
                CHECK(shown.size() > capacity - character.size());
                CHECK(shown.size() <= capacity);
            }
        }
    }
}

TEST_CASE("a text that is not UTF-8 is clipped without running past its end")
{
    CHECK(clipped(std::string(30, '\x80')) == "...");
    CHECK(clipped(std::string(30, '\x80'), "end") == "...end");
}

TEST_CASE("a second text replaces the first")
{
    clipped_text<capacity> text;
    text.assign("a long text that is clipped");
    text.assign("short");
    CHECK(text.view() == "short");
}

TEST_CASE("the subject of an error holds 199 bytes and the tail of what is longer")
{
    const std::string name(199, 'n');
    CHECK(error{}.about(name).subject.view() == name);
    CHECK(error{}.about("x" + name).subject.view() == "..." + name.substr(3));
    CHECK(error{}.about(std::string(300, 'p'), ".weight").subject.view() ==
          "..." + std::string(189, 'p') + ".weight");
}

TEST_CASE("an error about another thing is otherwise the same and leaves the first alone")
{
    const error first =
        error{.code = errc::io_failure, .os_code = 5, .expected = 6, .actual = 7}.about("first");
    const error second = first.about("sec", "ond");

    CHECK(first.subject.view() == "first");
    CHECK(second.subject.view() == "second");
    CHECK(second.code == errc::io_failure);
    CHECK(second.os_code == 5);
    CHECK(second.expected == 6);
    CHECK(second.actual == 7);
}
