// SPDX-License-Identifier: MIT
#include <stet/vocabulary/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

using stet::errc;
using stet::error;

static_assert(std::is_trivially_copyable_v<error>, "failing allocates nothing");
static_assert(std::is_trivially_destructible_v<error>);
static_assert(std::is_aggregate_v<error>);
static_assert(std::is_nothrow_default_constructible_v<error>);
static_assert(sizeof(error) < 200);
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
static_assert(static_cast<int>(errc::unknown_element_type) == 72);
static_assert(static_cast<int>(errc::device_memory) == 73);
static_assert(static_cast<int>(errc::irregular_layout) == 74);
static_assert(static_cast<int>(errc::no_such_tensor) == 75);
static_assert(static_cast<int>(errc::not_convertible) == 76);
static_assert(static_cast<int>(errc::value_does_not_fit) == 77);
static_assert(static_cast<int>(errc::prefixed_key) == 78);
static_assert(static_cast<int>(errc::invalid_setting) == 79);
static_assert(static_cast<int>(errc::sync_not_offered) == 80);
static_assert(static_cast<int>(errc::rename_not_offered) == 81);
static_assert(static_cast<int>(errc::untrusted_link) == 82);
static_assert(static_cast<int>(errc::unreadable_layer) == 83);
static_assert(static_cast<int>(errc::not_quantisable) == 84);
static_assert(static_cast<int>(errc::plan_too_large) == 85);
static_assert(static_cast<int>(errc::filled_twice) == 86);
static_assert(static_cast<int>(errc::unfilled_tensor) == 87);
static_assert(static_cast<int>(errc::outside_data) == 88);
static_assert(static_cast<int>(errc::file_changed) == 89);
static_assert(static_cast<int>(errc::editing_not_offered) == 90);
static_assert(static_cast<int>(errc::missing_slot) == 91);
static_assert(static_cast<int>(errc::slot_size_mismatch) == 92);
static_assert(static_cast<int>(errc::unusable_undo_file) == 93);
static_assert(static_cast<int>(errc::invalid_size) == 94);
static_assert(static_cast<int>(errc::infinite_size) == 95);
static_assert(static_cast<int>(errc::invalid_shard_pattern) == 96);
static_assert(static_cast<int>(errc::set_in_use) == 97);
static_assert(static_cast<int>(errc::invalid_index) == 98);
static_assert(static_cast<int>(errc::index_too_large) == 99);
static_assert(static_cast<int>(errc::untrusted_shard_name) == 100);
static_assert(static_cast<int>(errc::unknown_shard_format) == 101);
static_assert(static_cast<int>(errc::map_mismatch) == 102);
static_assert(static_cast<int>(errc::unmapped_tensor) == 103);
static_assert(static_cast<int>(errc::missing_from_set) == 104);
static_assert(static_cast<int>(errc::size_mismatch) == 105);
static_assert(static_cast<int>(errc::unexpected_tensor) == 106);
static_assert(static_cast<int>(errc::set_changed) == 107);
static_assert(static_cast<int>(errc::hash_comes_late) == 108);
static_assert(static_cast<int>(errc::merge_shapes_differ) == 109);
static_assert(static_cast<int>(errc::not_mergeable) == 110);
static_assert(static_cast<int>(errc::no_common_tensor) == 111);
static_assert(static_cast<int>(errc::nothing_to_merge) == 112);
static_assert(static_cast<int>(errc::not_finite_result) == 113);
static_assert(static_cast<int>(errc::invalid_ratio) == 114);
static_assert(static_cast<int>(errc::meaningless_ratio) == 115);
static_assert(static_cast<int>(errc::foreign_prefix) == 116);

namespace {

constexpr std::size_t most_alone = 165;
constexpr std::size_t most_parties = 96;
constexpr std::size_t most_beside_parties = most_alone - most_parties;

std::string subject_of(std::string_view head, std::string_view tail = {})
{
    return std::string(error{}.about(head, tail).subject());
}

std::string digits(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
        text += static_cast<char>('0' + i % 10);
    return text;
}

std::string tail_of(const std::string& text, std::size_t size)
{
    return "..." + text.substr(text.size() - (size - 3));
}

} // namespace

static_assert(error{.code = errc::disk_full, .expected = 7}.about("a file").expected == 7);
static_assert(error{.code = errc::disk_full}.about("a file").subject() == "a file");
static_assert(error{}.about("model.", "weight").subject() == "model.weight");
static_assert(error{}.with("model", "vae").about("a").with("m", "").first_party() == "m");

TEST_CASE("a subject that fits is kept whole")
{
    CHECK(subject_of("").empty());
    CHECK(subject_of("weight") == "weight");
    CHECK(subject_of("first_stage.", "weight") == "first_stage.weight");
    CHECK(subject_of(digits(most_alone)) == digits(most_alone));
    CHECK(subject_of(digits(100), std::string(most_alone - 100, 'x')) ==
          digits(100) + std::string(most_alone - 100, 'x'));
}

TEST_CASE("of a subject too long the tail is kept")
{
    const std::string long_text = digits(400);
    CHECK(subject_of(long_text) == tail_of(long_text, most_alone));
    CHECK(subject_of("x" + digits(most_alone)) == tail_of(digits(most_alone), most_alone));
    for (const std::size_t cut : {0U, 1U, 10U, 200U, 239U, 240U, 390U, 400U})
        CHECK(subject_of(long_text.substr(0, cut), long_text.substr(cut)) == tail_of(long_text, most_alone));
    CHECK(subject_of(std::string(300, 'p'), ".weight") ==
          tail_of(std::string(300, 'p') + ".weight", most_alone));
}

TEST_CASE("a text is clipped where a character starts")
{
    for (const std::string_view character : {"\xC3\xA9", "\xE6\xB8\x85", "\xF0\x9F\x98\x80"}) {
        for (std::size_t before = 0; before < 8; ++before) {
            std::string text(before, 'a');
            while (text.size() <= most_alone)
                text += character;
            for (const std::string& shown :
                 {subject_of(text), subject_of("0123456789", text), subject_of(text, "x"),
                  std::string(error{}.with(text).first_party()),
                  std::string(error{}.with("", text).second_party())})
            {
                CHECK(stet::detail::is_utf8(shown));
                CHECK(shown.starts_with("..."));
                CHECK(shown.size() <= most_alone);
            }
            CHECK(subject_of(text).size() > most_alone - character.size());
        }
    }
}

TEST_CASE("a text that is not UTF-8 is clipped without running past its end")
{
    CHECK(subject_of(std::string(300, '\x80')) == "...");
    CHECK(subject_of(std::string(300, '\x80'), "end") == "...end");
}

TEST_CASE("another subject replaces the first")
{
    CHECK(error{}.about(digits(400)).about("short").subject() == "short");
    CHECK(error{}.about("short").about(digits(400)).subject() == tail_of(digits(400), most_alone));
}

TEST_CASE("parties and subject do not touch each other, whichever is said first")
{
    for (const error& e :
         {error{}.with("model", "vae").about("a.b"), error{}.about("a.b").with("model", "vae"),
          error{}.with("x").about("a.b").with("model", "vae"),
          error{}.with(digits(96), digits(48)).about("a").about("a.b").with("model", "vae")})
    {
        CHECK(e.first_party() == "model");
        CHECK(e.second_party() == "vae");
        CHECK(e.subject() == "a.b");
    }
    const error one = error{}.about("a.b").with("one number");
    CHECK(one.first_party() == "one number");
    CHECK(one.second_party().empty());
    CHECK(one.subject() == "a.b");
}

TEST_CASE("two parties share 96 bytes, and the subject has what is left")
{
    const std::string long_text = digits(400);
    const auto        parties = [](std::string_view first, std::string_view second) {
        const error e = error{}.with(first, second);
        return std::string(e.first_party()) + '|' + std::string(e.second_party());
    };
    CHECK(parties(digits(most_parties), "") == digits(most_parties) + '|');
    CHECK(parties(digits(60), digits(36)) == digits(60) + '|' + digits(36));
    CHECK(parties(long_text, "") == tail_of(long_text, most_parties) + '|');
    CHECK(parties(long_text, "vae") == tail_of(long_text, most_parties - 3) + "|vae");
    CHECK(parties("vae", long_text) == "vae|" + tail_of(long_text, 48));
    CHECK(parties(long_text, long_text) == tail_of(long_text, 48) + '|' + tail_of(long_text, 48));

    CHECK(error{}.with(long_text, long_text).about(long_text).subject() ==
          tail_of(long_text, most_beside_parties));
    CHECK(error{}.about(digits(most_beside_parties)).with(long_text, long_text).subject() ==
          digits(most_beside_parties));
    CHECK(error{}.about(long_text).with(long_text).subject() == tail_of(long_text, most_beside_parties));
}

TEST_CASE("an error about another thing is otherwise the same and leaves the first alone")
{
    const error first =
        error{.code = errc::io_failure, .os_code = 5, .expected = 6, .actual = 7}.about("first");
    const error second = first.about("sec", "ond");

    CHECK(first.subject() == "first");
    CHECK(second.subject() == "second");
    CHECK(second.code == errc::io_failure);
    CHECK(second.os_code == 5);
    CHECK(second.expected == 6);
    CHECK(second.actual == 7);
}
