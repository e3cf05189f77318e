// SPDX-License-Identifier: MIT
#include "support/failure.hpp"
#include "support/faulty_file_system.hpp"
#include "support/mixed_checkpoint.hpp"
#include "support/scratch_directory.hpp"
#include "support/short_memory.hpp"

#include <stet/read/checkpoint_view.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/stet.hpp>
#include <stet/writers/file_writers.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <unistd.h>
#endif

using stet::exact_path;
using support::faulty_file_system;
using support::file_call;
using support::scratch_directory;

namespace {

constexpr auto aligned = stet::aligned_order<stet::clone_alignment>;

/// A checkpoint on the disk in the aligned order, mapped, and perhaps one tensor more that is not of it.
class mapped_checkpoint {
public:
    explicit mapped_checkpoint(const scratch_directory& here, bool has_another = true)
    {
        const support::mixed_checkpoint sample;
        REQUIRE(sample.save(exact_path{here / "source"}, {.order = aligned}));
        auto opened = stet::mapped_file::open((here / "source").c_str());
        REQUIRE(opened);
        file_.push_back(*std::move(opened));
        const auto view = stet::read_checkpoint(file_[0].bytes());
        REQUIRE(view);
        for (std::size_t i = 0; i < view->header().size(); ++i) {
            const auto stored = view->header()[i];
            names_.push_back("renamed." + std::string(stored.name));
            tensors_.push_back(view->tensor(stored));
        }
        if (has_another) {
            names_.emplace_back("other");
            tensors_.push_back(
                *stet::view_of(stet::dtype::u8, {other_.size()}, other_.data(), other_.size()));
        }
        for (std::size_t i = 0; i < names_.size(); ++i)
            dict_.emplace_back(names_[i], tensors_[i]);
        sources_ = {stet::mapped_source{}, {file_[0].bytes(), file_[0].handle()}};
    }

    void add(const char* name, const stet::tensor_view& tensor) { dict_.emplace_back(name, tensor); }

    stet::cloning_settings settings() const { return {.files = sources_}; }

    template <class Options>
    auto save(const exact_path& where, Options options) const
    {
        return stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, where, options);
    }

    std::string file(stet::file_order order) const
    {
        std::string                    bytes;
        stet::append_sink<std::string> out(bytes);
        REQUIRE(
            stet::save(stet::model_only{.model = dict_}, stet::layouts::generic{}, out, {.order = order}));
        return bytes;
    }

private:
    std::vector<stet::mapped_file>                         file_{};
    std::vector<std::string>                               names_{};
    std::vector<stet::tensor_view>                         tensors_{};
    std::vector<std::byte>                                 other_ = std::vector<std::byte>(20'000);
    std::vector<std::pair<std::string, stet::tensor_view>> dict_{};
    std::array<stet::mapped_source, 2>                     sources_{};
};

} // namespace

TEST_CASE("where the file system does not write at places, nothing is shared and the bytes are written")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    const auto never = [](void*, stet::file_handle, std::uint64_t, stet::file_handle, std::uint64_t,
                          std::uint64_t) {
        FAIL_CHECK("asked to share");
        return stet::os_result{};
    };
    faulty_file_system disk;
    stet::file_system  calls = disk.calls();
    calls.write_at = nullptr;
    calls.clone = never;
    REQUIRE(from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(settings),
                                                                 .file_system = &calls}));
    CHECK(here.content("x") == from.file(aligned));
    CHECK(disk.count(file_call::preallocate) == 1);
}

#if !defined(_WIN32)

namespace {

/// A file system that shares blocks by copying them, and counts their bytes.
class sharing_file_system {
public:
    sharing_file_system() : calls_(faulty_.calls())
    {
        shared_bytes = 0;
        calls_.clone = clone;
    }

    const stet::file_system& calls() const { return calls_; }
    faulty_file_system&      faulty() { return faulty_; }

    static inline std::uint64_t shared_bytes = 0;
    static inline int           refusal = 0; ///< an errno
    static inline std::uint64_t refused_from = 0;
    static inline std::uint64_t end = UINT64_MAX; ///< of what may be shared, in the source

private:
    static stet::os_result clone(void*, stet::file_handle from, std::uint64_t from_offset,
                                 stet::file_handle to, std::uint64_t to_offset, std::uint64_t size)
    {
        CHECK(from_offset % stet::clone_alignment == 0);
        CHECK(to_offset % stet::clone_alignment == 0);
        CHECK(size % stet::clone_alignment == 0);
        CHECK(from_offset + size <= end);
        if (refusal != 0 && shared_bytes >= refused_from)
            return {.value = -1, .error = refusal};
        std::vector<char> block(stet::detail::memory_size(size));
        const auto        read =
            ::pread(static_cast<int>(from), block.data(), block.size(), static_cast<off_t>(from_offset));
        REQUIRE(static_cast<std::size_t>(read) == block.size());
        const auto written =
            ::pwrite(static_cast<int>(to), block.data(), block.size(), static_cast<off_t>(to_offset));
        REQUIRE(static_cast<std::size_t>(written) == block.size());
        shared_bytes += size;
        return {};
    }

    faulty_file_system faulty_;
    stet::file_system  calls_;
};

} // namespace

TEST_CASE("tensors of a mapped file in the aligned order are shared with it, and the bytes are the same")
{
    for (const bool has_another : {true, false}) {
        const scratch_directory      here;
        const mapped_checkpoint      from(here, has_another);
        const stet::cloning_settings settings = from.settings();
        sharing_file_system          disk;
        sharing_file_system::refusal = 0;

        const auto saved =
            from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(settings),
                                                                 .file_system = &disk.calls()});

        REQUIRE(saved);
        CHECK(here.content("x") == from.file(aligned));
        CHECK(disk.faulty().count(file_call::preallocate) == 0);
        // Four tensors are aligned themselves. The others lie at places that fit if nothing came between them; of
        // each less than two blocks are written then.
        if (has_another)
            CHECK(sharing_file_system::shared_bytes == 4U * 8192);
        else
            CHECK(sharing_file_system::shared_bytes > 7U * 290'000);
    }
}

TEST_CASE("what does not lie at a place that fits is written, with space set aside")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    const stet::cloning_settings nothing{};
    sharing_file_system          disk;
    sharing_file_system::refusal = 0;
    SECTION("in the reference's order")
    {
        REQUIRE(from.save(exact_path{here / "x"}, stet::save_options{.writer = stet::cloning_writer(settings),
                                                                     .file_system = &disk.calls()}));
        CHECK(here.content("x") == from.file(stet::reference_order));
    }
    SECTION("where no file is named")
    {
        REQUIRE(from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                     .writer = stet::cloning_writer(nothing),
                                                                     .file_system = &disk.calls()}));
        CHECK(here.content("x") == from.file(aligned));
        CHECK(sharing_file_system::shared_bytes == 0);
    }
}

TEST_CASE("nothing is shared beyond what is said to be in memory")
{
    const scratch_directory   here;
    const mapped_checkpoint   from(here, false);
    const stet::mapped_source whole = from.settings().files[1];
    sharing_file_system::refusal = 0;
    for (std::size_t part = 1; part < 10; ++part) {
        const stet::mapped_source    first{whole.memory.first(whole.memory.size() / 10 * part), whole.file};
        const stet::cloning_settings settings{.files = {&first, 1}};
        sharing_file_system          disk;
        sharing_file_system::end = first.memory.size();
        REQUIRE(from.save(exact_path{here / "x", stet::existing_file::replace},
                          stet::save_options{.order = aligned,
                                             .writer = stet::cloning_writer(settings),
                                             .file_system = &disk.calls()}));
        CHECK(here.content("x") == from.file(aligned));
        CHECK((part < 4 || sharing_file_system::shared_bytes > 0));
    }
    sharing_file_system::end = UINT64_MAX;
}

TEST_CASE("where blocks cannot be shared, or no longer, the bytes are written")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    for (const int os_code : {ENOTSUP, EXDEV, EINVAL, EIO}) {
        for (const std::uint64_t from_byte : {0U, 4096U}) {
            sharing_file_system disk;
            sharing_file_system::refusal = os_code;
            sharing_file_system::refused_from = from_byte;
            REQUIRE(from.save(exact_path{here / "x", stet::existing_file::replace},
                              stet::save_options{.order = aligned,
                                                 .writer = stet::cloning_writer(settings),
                                                 .file_system = &disk.calls()}));
            CHECK(here.content("x") == from.file(aligned));
            CHECK(disk.faulty().count(file_call::preallocate) == (from_byte == 0 ? 1U : 0U));
            CHECK((sharing_file_system::shared_bytes > 0) == (from_byte != 0));
        }
    }
    sharing_file_system::refusal = 0;
    faulty_file_system without; // the system's own calls, on whatever the folder lies on
    stet::file_system  calls = without.calls();
    calls.clone = nullptr;
    REQUIRE(from.save(exact_path{here / "y"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(settings),
                                                                 .file_system = &calls}));
    REQUIRE(from.save(exact_path{here / "z"},
                      stet::save_options{.order = aligned, .writer = stet::cloning_writer(settings)}));
    CHECK(here.content("y") == from.file(aligned));
    CHECK(here.content("z") == from.file(aligned));
}

TEST_CASE("whichever call fails beside shared blocks, there is an error or the file, and nothing is left")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    const std::string            expected = from.file(aligned);
    sharing_file_system::refusal = 0;
    std::size_t failures = 0;
    for (std::size_t nth = 1;; ++nth) {
        sharing_file_system disk;
        disk.faulty().skip_syncs();
        disk.faulty().fail(nth, EIO);
        const auto saved =
            from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(settings),
                                                                 .file_system = &disk.calls()});
        if (!disk.faulty().failed())
            break;
        if (saved) {
            CHECK(here.content("x") == expected);
            here.remove("x");
        } else {
            ++failures;
            CHECK(support::failure(saved) == "io_failure");
        }
        CHECK(here.entries() == std::vector<std::string>{"source"});
    }
    CHECK(failures > 10);
}

TEST_CASE("tensors that are made while written lie beside shared ones, in memory that is lent")
{
    const scratch_directory   here;
    mapped_checkpoint         from(here);
    constexpr std::size_t     size = 10'000;
    const std::vector<double> values(4096, 1.5);
    std::size_t               lent = 0;
    const auto                make = [&](stet::sink_ref out) -> stet::result<void> {
        const auto room = out.lend(size);
        if (!room)
            return room.error();
        lent += room->size();
        const std::vector<std::byte> content(size, std::byte{7});
        return out.write(content);
    };
    const auto made =
        stet::produced_view(stet::dtype::u8, {size}, make,
                            [](const auto& function, stet::sink_ref out) { return function(out); });
    const auto turned =
        stet::strided_view(stet::dtype::f64, {64, 64}, {1, 64}, std::as_bytes(std::span(values)));
    REQUIRE((made && turned));
    from.add("a.made", *made);
    from.add("a.turned", *turned);
    const stet::cloning_settings settings = from.settings();
    sharing_file_system          disk;
    REQUIRE(from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(settings),
                                                                 .file_system = &disk.calls()}));
    CHECK(sharing_file_system::shared_bytes > 0);
    CHECK(lent >= size);
    CHECK(here.content("x") == from.file(aligned));
}

TEST_CASE("space that is not there ends a cloning save before its tensors are written")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    const stet::cloning_settings nothing;
    for (const stet::cloning_settings* const given : {&settings, &nothing}) {
        sharing_file_system disk;
        sharing_file_system::refusal = ENOTSUP;
        sharing_file_system::refused_from = 0;
        disk.faulty().fail_each(file_call::preallocate, ENOSPC);
        const auto saved =
            from.save(exact_path{here / "x"}, stet::save_options{.order = aligned,
                                                                 .writer = stet::cloning_writer(*given),
                                                                 .file_system = &disk.calls()});
        CHECK(support::failure(saved) == "disk_full");
        CHECK(here.entries() == std::vector<std::string>{"source"});
    }
    sharing_file_system::refusal = 0;
}

TEST_CASE("a cloning save without memory says so and leaves nothing")
{
    const scratch_directory      here;
    const mapped_checkpoint      from(here);
    const stet::cloning_settings settings = from.settings();
    sharing_file_system          disk;
    CHECK(support::allocations_needed([&](const stet::allocator& memory) {
              const auto saved = from.save(exact_path{here / "x"},
                                           stet::save_options{.order = aligned,
                                                              .writer = stet::cloning_writer(settings),
                                                              .allocator = memory,
                                                              .file_system = &disk.calls()});
              CHECK((saved || here.entries() == std::vector<std::string>{"source"}));
              return support::failure(saved);
          }) > 3);
}

#endif
