// SPDX-License-Identifier: MIT
// Slots for a C2PA manifest store: reserved, left out of a digest, filled.
#include "support/base64.hpp"
#include "support/recorded_cases.hpp"
#include "support/scratch_directory.hpp"
#include "support/sha256.hpp"
#include "support/sha512.hpp"

#include <stet/edit/edit.hpp>
#include <stet/read/checkpoint_view.hpp>
#include <stet/save/save.hpp>
#include <stet/sink/sinks.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using support::json_value;

/// A file without the bytes of its slot.
std::string covered(const std::string& file, const stet::edit::slot& slot)
{
    return file.substr(0, slot.start) + file.substr(slot.end());
}

void check_digests(const std::string& file, const stet::edit::slot& slot, const json_value& one)
{
    const std::string rest = covered(file, slot);
    CHECK(support::sha256(rest) == one.at("covered_sha256").text());
    CHECK(support::sha384(rest) == one.at("covered_sha384").text());
    CHECK(support::sha512(rest) == one.at("covered_sha512").text());
}

/// What stet saves with such a slot is that file.
void check_saved(const std::string& reserved, std::size_t store_size)
{
    const auto file = stet::read_checkpoint(std::as_bytes(std::span(reserved)));
    REQUIRE(file);
    const std::string                                slot = stet::edit::slot_text(store_size);
    std::vector<std::pair<std::string, std::string>> metadata;
    for (std::size_t i = 0; i < file->header().metadata_size(); ++i) {
        const auto entry = file->header().metadata(i);
        metadata.emplace_back(entry.key, entry.key == stet::edit::c2pa_key ? slot : std::string(entry.value));
    }
    const auto        text = file->header().text();
    const auto        room = text.size() - text.find_last_not_of(' ') - 1;
    std::string       saved;
    stet::append_sink sink(saved);
    REQUIRE(stet::save(*file, sink, {.metadata = metadata, .header_room = room}));
    CHECK(saved == reserved);
}

void check_filled(const std::string& reserved, const std::string& text, const std::string& filled,
                  const json_value& one, stet::edit::way way)
{
    const support::scratch_directory here(support::quick_place());
    here.put("x", reserved);
    const auto edited = stet::edit::fill(here / "x", stet::edit::c2pa_key, text, {.way = way});
    REQUIRE(edited);
    CHECK_FALSE(edited->has_moved);
    CHECK(edited->dropped.empty());
    CHECK(here.content("x") == filled);
    const auto now = stet::read_checkpoint(std::as_bytes(std::span(filled)));
    REQUIRE(now);
    const auto slot = stet::edit::find_slot(now->header());
    REQUIRE(slot);
    check_digests(here.content("x"), *slot, one);
}

} // namespace

TEST_CASE("a slot for a manifest is found, left out of digests and filled, and no other byte changes")
{
    using support::a_count;
    using support::a_text;
    const auto data = support::read_cases(
        "beyond/c2pa_slots.json",
        {{"cases",
          support::data_shape::object(
              {{"reserved_base64", a_text()},
               {"store_base64", a_text()},
               {"slot_length", a_count()},
               {"exclusion", support::data_shape::object({{"start", a_count()}, {"length", a_count()}})},
               {"filled_base64", a_text()},
               {"covered_sha256", a_text()},
               {"covered_sha384", a_text()},
               {"covered_sha512", a_text()}})}});
    if (!data)
        return;
    std::size_t count = 0;
    for (const json_value& one : data->at("cases").items()) {
        CAPTURE(count);
        const auto        reserved = support::from_base64(one.at("reserved_base64").text());
        const auto        filled = support::from_base64(one.at("filled_base64").text());
        const std::string text(one.at("store_base64").text());
        const auto        store = support::from_base64(text);
        REQUIRE((reserved && filled && store));
        CHECK(stet::edit::slot_text(store->size()).size() == one.at("slot_length").integer());

        const auto file = stet::read_checkpoint(std::as_bytes(std::span(*reserved)));
        REQUIRE(file);
        const auto slot = stet::edit::find_slot(file->header());
        REQUIRE(slot);
        CHECK(slot->start == one.at("exclusion").at("start").integer());
        CHECK(slot->length == one.at("exclusion").at("length").integer());
        CHECK(slot->length == one.at("slot_length").integer());
        check_digests(*reserved, *slot, one);
        check_saved(*reserved, store->size());
        check_filled(*reserved, text, *filled, one, stet::edit::way::whole);
        check_filled(*reserved, text, *filled, one, stet::edit::way::in_place);
        ++count;
    }
    support::report_cases("beyond/c2pa_slots", count);
}
