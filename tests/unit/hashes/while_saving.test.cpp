// SPDX-License-Identifier: MIT
#include "support/every_writer.hpp"
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/open_descriptors.hpp"
#include "support/save_without_memory.hpp"
#include "support/scratch_directory.hpp"

#include <stet/casts/cast_on_save.hpp>
#include <stet/hashes/hash_checkpoint.hpp>
#include <stet/hashes/while_saving.hpp>
#include <stet/read.hpp>
#include <stet/writers/background_save.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hashes = stet::hashes;

using support::mixed_checkpoint;
using support::scratch_directory;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> given{
    {{"format", "pt"},
     {"modelspec.hash_sha256", "0xof another file"},
     {"ss_network_dim", "4"},
     {"sshs_model_hash", "of another file"}}};

constexpr hashes::kinds every_kind = [] {
    hashes::kinds all = hashes::all_kinds;
    all.tensors = true;
    return all;
}();

/// All but those that take long without a compiler's help.
constexpr hashes::kinds quick_kinds{
    .sha256 = true, .autov1 = true, .data = true, .sshs = true, .crc32 = true, .tensors = true};

hashes::file_hashes hashes_of(const std::string& file, const hashes::kinds& wanted = every_kind)
{
    const auto              content = std::as_bytes(std::span(file));
    const stet::span_source source(content);
    auto                    found = hashes::hash_checkpoint(source, wanted);
    REQUIRE(found);
    return *std::move(found);
}

void check_same(const hashes::digest& a, const hashes::digest& b)
{
    CHECK(a.is_known == b.is_known);
    CHECK(a.bytes == b.bytes);
    CHECK(a.covers == b.covers);
}

/// The digest of each tensor is that of its bytes in the file.
void check_tensors(const hashes::tensor_digests& found, const std::string& file)
{
    const auto  read = stet::read_checkpoint(std::as_bytes(std::span(file)));
    std::size_t next = 0;
    REQUIRE(read);
    REQUIRE(found.size() == read->size());
    for (const auto [name, tensor] : *read) {
        const hashes::tensor_digest& one = found[next++];
        hashes::sha256               whole;
        whole.update(tensor.packed());
        CHECK(one.name == name);
        check_same(one.sha256, {.bytes = whole.finish(), .covers = tensor.size, .is_known = true});
    }
}

void check_all(const hashes::file_hashes& found, const hashes::file_hashes& expected)
{
    CHECK(found.bytes == expected.bytes);
    check_same(found.sha256, expected.sha256);
    check_same(found.autov1, expected.autov1);
    check_same(found.data, expected.data);
    check_same(found.sshs_model, expected.sshs_model);
    check_same(found.sshs_legacy, expected.sshs_legacy);
    check_same(found.blake3, expected.blake3);
    check_same(found.content, expected.content);
    CHECK(found.sha256.is_known);
    CHECK(found.crc32.is_known);
    CHECK(found.crc32.value == expected.crc32.value);
}

/// What stands in the file's metadata is what its bytes have.
void check_fields(const std::string& file, const hashes::file_hashes& own)
{
    const auto read = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(read);
    const hashes::hash_texts texts = hashes::texts_of(own);
    CHECK(read->header().metadata("modelspec.hash_sha256") == texts.modelspec_sha256.view());
    CHECK(read->header().metadata("sshs_model_hash") == texts.sshs_model.view());
    CHECK(read->header().metadata("sshs_legacy_hash") == texts.sshs_legacy.view());
    CHECK(read->header().metadata("format") == "pt");
    CHECK(read->header().metadata_size() == 5);
}

/// Runs a job where it is given.
constexpr stet::executor at_once{.context = nullptr,
                                 .run = [](void*, void (*job)(void*), void* argument) { job(argument); }};

} // namespace

TEST_CASE("a save takes every hash that the file has, whichever writer writes it", "[thread]")
{
    const mixed_checkpoint              sample;
    const support::every_writer         writers({}, sample.pages());
    stet::worker_threads                pool(1);
    const std::array<stet::executor, 3> executors{stet::executor{}, pool.jobs(), at_once};
    std::size_t                         next = 0;
    for (const support::named_writer& way : writers.list()) {
        const scratch_directory here;
        const hashes::kinds     wanted = next == 0 ? every_kind : quick_kinds;
        const stet::executor    jobs = executors[next++ % executors.size()];
        const auto              saved = sample.save(stet::exact_path{here / "x"},
                                                    {.metadata = given,
                                                     .durability = way.durability,
                                                     .order = way.order,
                                                     .writer = way.writer,
                                                     .hashes = hashes::while_saving{.kinds = wanted, .jobs = jobs}});
        CAPTURE(way.name);
        REQUIRE(saved);
        const std::string file = here.content("x");
        CHECK(saved->bytes == file.size());
        check_all(saved->hashes, hashes_of(file, wanted));
        check_tensors(saved->hashes.tensors, file);
        CHECK(stet::read_checkpoint(std::as_bytes(std::span(file)))->header().metadata_size() ==
              given.size());
    }
}

namespace {

/// Saves by the writer, with every hash in the header that has a place there.
void check_recorded(const mixed_checkpoint& sample, const support::named_writer& way,
                    const stet::executor& jobs, const stet::file_system& calls)
{
    const scratch_directory here;
    const auto              saved =
        sample.save(stet::exact_path{here / "x"}, {.metadata = given,
                                                   .durability = way.durability,
                                                   .order = way.order,
                                                   .writer = way.writer,
                                                   .hashes = hashes::while_saving{.kinds = quick_kinds,
                                                                                  .modelspec_field = true,
                                                                                  .sshs_fields = true,
                                                                                  .jobs = jobs},
                                                   .file_system = &calls});
    CAPTURE(way.name);
    REQUIRE(saved);
    const std::string         file = here.content("x");
    const hashes::file_hashes own = hashes_of(file, quick_kinds);
    CHECK(saved->bytes == file.size());
    CHECK(saved->header_bytes + 8 ==
          stet::read_checkpoint(std::as_bytes(std::span(file)))->header().data_begin());
    check_all(saved->hashes, own);
    check_fields(file, own);
    check_tensors(saved->hashes.tensors, file);
}

} // namespace

TEST_CASE("what the header records of the tensors is written before the file gets its name", "[thread]")
{
    const mixed_checkpoint              sample;
    const support::every_writer         writers({}, sample.pages());
    stet::worker_threads                pool(2);
    const std::array<stet::executor, 3> executors{pool.jobs(), at_once, stet::executor{}};
    std::size_t                         next = 0;
    for (const support::named_writer& way : writers.list())
        check_recorded(sample, way, executors[next++ % executors.size()], stet::native_file_system());
    stet::file_system calls = stet::native_file_system();
    calls.write_at = nullptr; // the tensors are hashed first
    check_recorded(sample, {.name = "without write_at"}, {}, calls);
}

TEST_CASE("a save to memory is hashed on the way", "[thread]")
{
    const mixed_checkpoint   sample;
    const auto               plan = sample.plan();
    std::string              file;
    std::string              plain;
    const stet::sink_options options{.metadata = given, .hashes = hashes::while_saving{.kinds = every_kind}};
    REQUIRE(plan);
    const auto saved = stet::save(*plan, stet::append_sink{file}, options);
    REQUIRE(saved);
    REQUIRE(stet::save(*plan, stet::append_sink{plain}, {.metadata = given}));
    CHECK(file == plain);
    CHECK(saved->bytes == file.size());
    check_all(saved->hashes, hashes_of(file));
    check_tensors(saved->hashes.tensors, file);
}

TEST_CASE("a tensor that is cast has the digest of what stands in the file", "[thread]")
{
    const std::array<float, 3>                     numbers{1, -2, 0.5F};
    const std::map<std::string, stet::tensor_view> dict{{"w", *stet::view_of(numbers, {3})}};
    std::string                                    file;
    const auto                                     saved = stet::save(dict, stet::append_sink{file},
                                                                      {.cast = stet::casts::to(stet::dtype::f16),
                                                                       .hashes = hashes::while_saving{.kinds = {.tensors = true}}});
    REQUIRE(saved);
    check_tensors(saved->hashes.tensors, file);
    CHECK(saved->hashes.tensors[0].sha256.covers == 6);
}

TEST_CASE("a sink cannot go back: tensors are hashed first, if they may be", "[thread]")
{
    const mixed_checkpoint sample;
    const auto             plan = sample.plan();
    REQUIRE(plan);
    hashes::while_saving recorded{.kinds = every_kind, .modelspec_field = true, .sshs_fields = true};
    std::string          file;
    const auto saved = stet::save(*plan, stet::append_sink{file}, {.metadata = given, .hashes = recorded});
    REQUIRE(saved);
    CHECK(saved->bytes == file.size());
    const hashes::file_hashes own = hashes_of(file);
    check_all(saved->hashes, own);
    check_fields(file, own);
    recorded.may_hash_first = false;
    std::string nothing;
    CHECK(support::failure(stet::save(*plan, stet::append_sink{nothing}, {.hashes = recorded})) ==
          "hash_comes_late");
    CHECK(nothing.empty());
    const scratch_directory here;
    stet::file_system       calls = stet::native_file_system();
    calls.write_at = nullptr;
    CHECK(support::failure(stet::save(*plan, here / "x", {.hashes = recorded, .file_system = &calls})) ==
          "hash_comes_late");
    CHECK(here.entries().empty());
    CHECK(stet::save(*plan, here / "x", {.hashes = recorded}));
}

TEST_CASE("the metadata of a numbered save mentions its number and its hash")
{
    const mixed_checkpoint             sample;
    const scratch_directory            here;
    std::map<std::string, std::string> metadata;
    const auto name_it = [&](const stet::claimed_name& name) -> stet::result<stet::metadata_view> {
        metadata["name"] = name.digits;
        return stet::metadata_view(metadata);
    };
    const auto saved =
        sample.save(stet::numbered{here.path(), "x"},
                    {.metadata_for = name_it, .hashes = hashes::while_saving{.modelspec_field = true}});
    REQUIRE(saved);
    const std::string file = here.content("x_00001_.safetensors");
    const auto        read = stet::read_checkpoint(std::as_bytes(std::span(file)));
    REQUIRE(read);
    CHECK(read->header().metadata("name") == "1");
    CHECK(read->header().metadata("modelspec.hash_sha256") ==
          hashes::texts_of(hashes_of(file)).modelspec_sha256.view());
    CHECK(read->header().metadata_size() == 2);
    CHECK(saved->hashes.data.is_known);
    CHECK_FALSE(saved->hashes.sha256.is_known);
    CHECK(saved->hashes.tensors.size() == 0);
}

TEST_CASE("a file without tensors has no hash of them in its header")
{
    const std::map<std::string, stet::tensor_view> none;
    const scratch_directory                        here;
    const auto                                     saved = stet::save(
        none, here / "x",
        {.empty = stet::empty_components::allow,
                                             .hashes = hashes::while_saving{.kinds = every_kind, .modelspec_field = true, .sshs_fields = true}});
    REQUIRE(saved);
    const std::string file = here.content("x");
    CHECK(file == std::string("\x08\0\0\0\0\0\0\0{}      ", 16));
    check_all(saved->hashes, hashes_of(file));
    CHECK(hashes::texts_of(saved->hashes).autov3.view() == "none");
    CHECK(saved->hashes.tensors.size() == 0);
}

TEST_CASE("a hashed save that is cancelled or runs out of memory leaves nothing", "[thread]")
{
    const mixed_checkpoint     sample;
    const scratch_directory    here;
    const hashes::while_saving recorded{.kinds = every_kind, .modelspec_field = true, .sshs_fields = true};
    const auto                 no = [](const stet::progress&) { return false; };
    CHECK(support::failure(sample.save(stet::exact_path{here / "x"}, {.progress = no, .hashes = recorded})) ==
          "cancelled");
    CHECK(here.entries().empty());
    for (const stet::file_order order : {stet::reference_order, stet::aligned_order<64>}) {
        const std::size_t needed = support::allocations_needed([&](const stet::allocator& memory) {
            const auto saved =
                sample.save(stet::exact_path{here / "x", stet::existing_file::replace},
                            {.metadata = given, .order = order, .hashes = recorded, .allocator = memory});
            CHECK((saved || here.entries().empty()));
            return support::failure(saved);
        });
        CHECK(needed > 15);
        CHECK(here.entries().size() == 1);
        check_fields(here.content("x"), hashes_of(here.content("x")));
        here.remove("x");
    }
}

TEST_CASE("a producer's failure ends a hashed save, with its tensor's name", "[thread]")
{
    mixed_checkpoint sample;
    sample.fail({.code = stet::errc::source_refused, .os_code = 5});
    const support::every_writer writers({}, sample.pages());
    for (const support::named_writer& way : writers.list()) {
        const scratch_directory here;
        const auto              saved =
            sample.save(stet::exact_path{here / "x"},
                        {.order = way.order,
                         .writer = way.writer,
                         .hashes = hashes::while_saving{.kinds = every_kind, .sshs_fields = true}});
        CAPTURE(way.name);
        REQUIRE_FALSE(saved);
        CHECK(saved.error().code == stet::errc::source_refused);
        CHECK(saved.error().subject() == "model.diffusion_model.made");
        CHECK(here.entries().empty());
    }
}

TEST_CASE("a header that has no room for its hashes is refused before anything is written")
{
    const std::array<std::uint8_t, 3>              data{1, 2, 3};
    const std::map<std::string, stet::tensor_view> dict{{"a", *stet::view_of(data, {3})}};
    const std::string                              much(99'999'860, 'x');
    const std::map<std::string, std::string>       metadata{{"much", much}};
    const scratch_directory                        here;
    const auto                                     plan = stet::make_plan(dict);
    REQUIRE(plan);
    REQUIRE(stet::make_header(*plan, metadata));
    CHECK(support::failure(
              stet::save(*plan, here / "folder/x",
                         {.metadata = metadata, .hashes = hashes::while_saving{.modelspec_field = true}})) ==
          "header_too_large"); // before it is found out that there is no such folder
    CHECK(here.entries().empty());
}

TEST_CASE("a save in the background is hashed, too", "[thread]")
{
    const mixed_checkpoint  sample;
    const scratch_directory here;
    const auto              plan = sample.plan();
    const std::string       path = here / "x";
    stet::worker_threads    pool(1);
    stet::worker_threads    others(1);
    REQUIRE(plan);
    stet::background_save saving(*plan, stet::exact_path{path},
                                 {.metadata = given,
                                  .hashes = hashes::while_saving{.kinds = every_kind,
                                                                 .modelspec_field = true,
                                                                 .sshs_fields = true,
                                                                 .jobs = others.jobs()}},
                                 pool.jobs());
    REQUIRE(saving.wait());
    const std::string         file = here.content("x");
    const hashes::file_hashes own = hashes_of(file);
    check_all(saving.wait()->hashes, own);
    check_fields(file, own);
}

#if defined(__cpp_exceptions)

TEST_CASE("a callback that throws ends a hashed save without a file and without a job left", "[thread]")
{
    const mixed_checkpoint      sample;
    const support::every_writer writers({}, sample.pages());
    const std::size_t           open_before = support::open_descriptors();
    for (const support::named_writer& way : writers.list()) {
        const scratch_directory here;
        const auto              here_only = std::this_thread::get_id();
        std::size_t             calls = 0;
        const auto              throws = [&](const stet::progress&) {
            if (std::this_thread::get_id() == here_only && ++calls == 3)
                throw 7;
            return true;
        };
        CAPTURE(way.name);
        try {
            static_cast<void>(
                sample.save(stet::exact_path{here / "x"},
                            {.order = way.order,
                             .progress = throws,
                             .writer = way.writer,
                             .hashes = hashes::while_saving{.kinds = every_kind, .sshs_fields = true}}));
            CHECK(calls < 3); // the calls came on other threads
        } catch (int thrown) {
            CHECK(thrown == 7);
            CHECK(here.entries().empty());
        }
        CHECK(support::open_descriptors() == open_before);
    }
}

#endif
