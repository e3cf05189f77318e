// SPDX-License-Identifier: MIT
// Saves one set of tensors in whichever way it is told, and says how long each save took. Driven by compare.py and
// peers.py, which interleave these ways with others' own.
//   ways FOLDER COUNT SIZE [packed|aligned|mixed|mapped|produced]
// Then, on standard input, lines of a way and "return" or "durable"; for each it answers the seconds until the call
// returned, writes FOLDER/saved.safetensors, or FOLDER/set in shards, and leaves the removal to the driver.
#include "support/checkpoint_names.hpp"

#include <stet/read.hpp>
#include <stet/read/mapped_file.hpp>
#include <stet/shards.hpp>
#include <stet/stet.hpp>
#include <stet/writers/file_writers.hpp>
#include <stet/writers/impl/write_queue.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using state_dict = std::vector<std::pair<std::string, stet::tensor_view>>;

constexpr std::size_t page = 4096;

/// Bytes that are computed while they are written, about as fast as a disk takes them.
struct computed {
    stet::bytes from{};

    stet::result<void> produce(stet::sink_ref out) const
    {
        for (std::size_t at = 0; at < from.size();) {
            const auto lent = out.lend(std::size_t{1} << 16U);
            if (!lent)
                return lent.error();
            const std::size_t size = std::min(lent->size(), from.size() - at);
            for (std::size_t i = 0; i < size; ++i)
                (*lent)[i] = from[at + i] ^ std::byte{0x5A};
            if (auto written = out.write(lent->first(size)); !written)
                return written;
            at += size;
        }
        return {};
    }
};

/// Tensors whose bytes lie in at most a gibibyte of memory, shared by later ones when they need more.
class tensors {
public:
    tensors(std::size_t count, std::size_t size, std::string_view kind)
    {
        constexpr std::size_t most = std::size_t{1} << 30U;
        state_dict            names = benchmarks::shuffled_names(count);
        const bool            is_mixed = kind == "mixed"; // 1 to 64 KiB, as adapters have
        const std::size_t     step = is_mixed ? std::size_t{65536} : std::max(size, std::size_t{1});
        const std::size_t     stride = kind == "aligned" ? (step + page - 1) / page * page : step + 16;
        const std::size_t     places = std::min(count, std::max(most / stride, std::size_t{1}));
        memory_.resize(places * stride + page);
        const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        std::byte* first = memory_.data() + (page - address % page) % page;
        for (std::size_t i = 0; i < memory_.size(); i += 8)
            memory_[i] = static_cast<std::byte>(i * 2654435761U >> 11U);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t bytes = is_mixed ? 1024U * (i * 37 % 64 + 1) : size;
            dict_.emplace_back(std::move(names[i].first),
                               *stet::view_of(stet::dtype::u8, {bytes}, first + i % places * stride, bytes));
            total_ += bytes;
        }
        if (kind == "produced")
            compute();
    }
    const state_dict& dict() const { return dict_; }
    std::size_t       total() const { return total_; }

    /// Saves them to a file, and has its mapping's bytes from then on; called again, a fresh mapping's.
    void map(const std::string& path);

private:
    void compute()
    {
        for (const auto& [name, tensor] : dict_)
            computed_.push_back({.from = tensor.packed()});
        for (std::size_t i = 0; i < dict_.size(); ++i)
            dict_[i].second = *stet::produced_view(
                stet::dtype::u8, {computed_[i].from.size()}, computed_[i],
                [](const computed& tensor, stet::sink_ref out) { return tensor.produce(out); });
    }

    std::vector<std::byte> memory_{};
    std::vector<computed>  computed_{};
    state_dict             dict_{};
    std::size_t            total_ = 0;

    std::optional<stet::mapped_file>     file_{};
    std::optional<stet::checkpoint_view> view_{};
};

[[noreturn]] void fail(std::string_view why)
{
    std::fprintf(stderr, "%.*s\n", static_cast<int>(why.size()), why.data());
    std::exit(1);
}

void tensors::map(const std::string& path)
{
    if (!view_ && !stet::save(stet::model_only{.model = dict_}, benchmarks::unprefixed{},
                              stet::exact_path{path, stet::existing_file::replace}))
        fail("the file to map could not be written");
    view_.reset();
    file_.reset();
    file_.emplace(*stet::mapped_file::open(path.c_str()));
    view_.emplace(*stet::read_checkpoint(file_->bytes()));
    for (auto& [name, tensor] : dict_)
        tensor = *view_->find(name);
    memory_ = {};
}

void write_whole(int file, const void* data, std::size_t size)
{
    const auto* at = static_cast<const char*>(data);
    while (size != 0) {
        const ssize_t taken = ::write(file, at, size);
        if (taken <= 0)
            fail("the floor could not be written");
        at += taken;
        size -= static_cast<std::size_t>(taken);
    }
}

void finish(int file, const std::string& folder, bool is_durable)
{
    if (is_durable && ::fsync(file) != 0)
        fail("fsync");
    ::close(file);
    if (!is_durable)
        return;
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::fsync(opened);
    ::close(opened);
}

/// Bytes of the tensors into a preallocated file, small ones joined in a block.
void write_floor(const std::string& path, std::span<const state_dict::value_type> dict, std::size_t total,
                 const std::string& folder, bool is_durable)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (::fallocate(file, 0, 0, static_cast<off_t>(total)) != 0)
        fail("fallocate");
    std::vector<std::byte> block(std::size_t{1} << 20U);
    std::size_t            filled = 0;
    for (const auto& [name, tensor] : dict) {
        const stet::bytes data = tensor.packed();
        if (data.size() > block.size() - filled) {
            write_whole(file, block.data(), filled);
            filled = 0;
        }
        if (data.size() >= block.size()) {
            write_whole(file, data.data(), data.size());
            continue;
        }
        if (!data.empty())
            std::memcpy(block.data() + filled, data.data(), data.size());
        filled += data.size();
    }
    write_whole(file, block.data(), filled);
    finish(file, folder, is_durable);
}

/// The system calls of a save and nothing else.
void save_floor(const tensors& given, const std::string& folder, bool is_durable)
{
    write_floor(folder + "/saved.safetensors", given.dict(), given.total(), folder, is_durable);
}

constexpr std::size_t shards = 8; ///< that a set has

/// The same bytes in so many files.
void save_shards_floor(const tensors& given, const std::string& folder, bool is_durable)
{
    const std::string set = folder + "/set";
    ::mkdir(set.c_str(), 0777);
    const std::span   all = given.dict();
    const std::size_t each = (all.size() + shards - 1) / shards;
    for (std::size_t at = 0; at < all.size(); at += each) {
        const auto part = all.subspan(at, std::min(each, all.size() - at));
        write_floor(set + "/" + std::to_string(at), part, given.total() / all.size() * part.size(), set,
                    is_durable);
    }
}

void save_shards(const tensors& given, const std::string& folder, const stet::save_options& options)
{
    const auto limit = static_cast<std::int64_t>((given.total() + shards - 1) / shards);
    const auto saved = stet::shards::save(given.dict(), folder + "/set", {.limit = limit, .file = options});
    if (!saved)
        fail(stet::message(saved.error()));
}

/// As much memory as a save needs of the system's cache, taken and given back: a machine that lends unused memory to
/// others would else charge the first save for getting it back.
void warm(const tensors& given, const std::string& folder)
{
    const std::string            path = folder + "/warm";
    const int                    file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const std::vector<std::byte> block(std::size_t{4} << 20U);
    static_cast<void>(::fallocate(file, 0, 0, static_cast<off_t>(given.total())));
    for (std::size_t at = 0; at < given.total(); at += block.size())
        write_whole(file, block.data(), std::min(block.size(), given.total() - at));
    ::close(file);
    ::unlink(path.c_str());
}

/// The bytes of another file through one buffer, into a preallocated file.
void copy_file(const tensors& given, const std::string& folder, bool is_durable)
{
    const std::string      path = folder + "/saved.safetensors";
    const std::string      source = folder + "/source.safetensors";
    const int              from = ::open(source.c_str(), O_RDONLY | O_CLOEXEC);
    const int              to = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    std::vector<std::byte> buffer(std::size_t{4} << 20U);
    if (::fallocate(to, 0, 0, static_cast<off_t>(given.total())) != 0)
        fail("fallocate");
    for (ssize_t size = 0; (size = ::read(from, buffer.data(), buffer.size())) > 0;)
        write_whole(to, buffer.data(), static_cast<std::size_t>(size));
    ::close(from);
    finish(to, folder, is_durable);
}

/// The device itself: one ready buffer past the cache, four writes of 4 MiB under way.
void save_device_floor(const tensors& given, const std::string& folder, bool is_durable)
{
    const std::string  path = folder + "/saved.safetensors";
    constexpr unsigned depth = 4;
    const std::size_t  size = std::size_t{4} << 20U;
    static auto* const buffer = static_cast<std::byte*>(std::aligned_alloc(page, size * depth));
    std::memset(buffer, 1, size * depth);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_DIRECT, 0666);
    if (file < 0)
        return;
    static_cast<void>(::fallocate(file, 0, 0, static_cast<off_t>(given.total())));
    stet::detail::write_queue queue(stet::native_file_system(), {.kernel = true, .threads = depth});
    for (std::size_t at = 0; at < given.total(); at += size) {
        while (queue.under_way() >= depth)
            static_cast<void>(queue.wait());
        queue.begin({.file = file, .offset = at, .data = buffer + at / size % depth * size, .size = size});
    }
    while (queue.under_way() != 0)
        static_cast<void>(queue.wait());
    finish(file, folder, is_durable);
}

void save_with(const tensors& given, const std::string& folder, stet::save_options options)
{
    const std::string path = folder + "/saved.safetensors";
    const auto        save_in = [&](const auto& layout) {
        return stet::save(stet::model_only{.model = given.dict()}, layout, stet::exact_path{path}, options);
    };
    const bool is_short = given.dict().size() > benchmarks::most_long_names;
    const auto saved = is_short ? save_in(benchmarks::unprefixed{}) : save_in(stet::layouts::generic{});
    if (!saved)
        fail(stet::message(saved.error()));
}

/// False for a way that is not known.
bool save(const tensors& given, const std::string& folder, std::string_view way, bool is_durable)
{
    stet::save_options options{.durability = is_durable ? stet::durability::full : stet::durability::none};
    stet::file_system  without_preallocation = stet::native_file_system();
    without_preallocation.preallocate = nullptr;
    std::array<std::byte, 1>      no_block{};
    static stet::worker_threads   pool(1);
    const stet::parallel_settings portions{.jobs = pool.jobs()};
    if (way == "floor")
        return save_floor(given, folder, is_durable), true;
    if (way == "device")
        return save_device_floor(given, folder, is_durable), true;
    if (way == "warm")
        return warm(given, folder), true;
    if (way == "read+write")
        return copy_file(given, folder, is_durable), true;
    if (way == "shards_floor")
        return save_shards_floor(given, folder, is_durable), true;
    if (way == "shards")
        return save_shards(given, folder, options), true;
    if (way == "unallocated")
        options.file_system = &without_preallocation;
    else if (way == "unstaged")
        options.staging = no_block;
    else if (way == "populated")
        options.prefetch = stet::populate_pages;
    else if (way == "direct")
        options.writer = stet::direct_writer();
    else if (way == "hybrid")
        options.writer = stet::hybrid_writer();
    else if (way == "overlapped")
        options.writer = stet::overlapped_writer();
    else if (way == "parallel")
        options.writer = stet::parallel_writer(portions);
    else if (way == "automatic")
        options.writer = stet::automatic_writer();
    else if (way == "aligned")
        options = {.durability = options.durability,
                   .order = stet::aligned_order<page>,
                   .writer = stet::direct_writer()};
    else if (way != "stet")
        return false;
    return save_with(given, folder, options), true;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 4)
        fail("usage: ways FOLDER COUNT SIZE [packed|aligned|mixed|mapped|produced]");
    const std::string folder = argv[1];
    const std::string kind = argc > 4 ? argv[4] : "packed";
    tensors           given(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10), kind);
    char              way[32];
    char              until[32];
    while (std::scanf("%31s %31s", way, until) == 2) {
        if (kind == "mapped")
            given.map(folder + "/source.safetensors");
        std::timespec processor_begin{};
        std::timespec processor_end{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor_begin);
        const auto begin = clock_type::now();
        if (!save(given, folder, way, std::string_view(until) == "durable"))
            fail("unknown way");
        const std::chrono::duration<double> took = clock_type::now() - begin;
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor_end);
        const double processor = static_cast<double>(processor_end.tv_sec - processor_begin.tv_sec) +
                                 static_cast<double>(processor_end.tv_nsec - processor_begin.tv_nsec) * 1e-9;
        std::printf("%.9f %.9f\n", took.count(), processor);
        std::fflush(stdout);
    }
}
