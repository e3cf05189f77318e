// SPDX-License-Identifier: MIT
// Opens one file and loads from it in whichever way it is told, and says how long each took. Driven by peers.py, which
// interleaves these ways with other libraries' own.
//   loads FILE
// Then, on standard input, lines of a way and "timed" or "checked"; for each it answers seconds and processor seconds.
// What a way opened and its memory are given back to the system after its time. Checked, what it loaded is compared with
// the file.
#include <stet/read.hpp>
#include <stet/read_plan.hpp>
#include <stet/stet.hpp>
#include <stet/writers.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <malloc.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

[[noreturn]] void fail(std::string_view why)
{
    std::fprintf(stderr, "%.*s\n", static_cast<int>(why.size()), why.data());
    std::exit(1);
}

template <class Result>
auto value_of(Result got)
{
    if (!got)
        fail(stet::message(got.error()));
    return std::move(*got);
}

unsigned processors()
{
    return std::max(std::thread::hardware_concurrency(), 1U);
}

/// A descriptor for the plain calls.
class plain_file {
public:
    explicit plain_file(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        if (file_ < 0)
            fail("the file cannot be opened");
    }
    plain_file(const plain_file&) = delete;
    plain_file& operator=(const plain_file&) = delete;
    ~plain_file() { ::close(file_); }

    int  handle() const { return file_; }
    void read(std::span<std::byte> to, std::uint64_t offset) const
    {
        while (!to.empty()) {
            const ssize_t got = ::pread(file_, to.data(), to.size(), static_cast<off_t>(offset));
            if (got <= 0)
                fail("the file cannot be read");
            to = to.subspan(static_cast<std::size_t>(got));
            offset += static_cast<std::uint64_t>(got);
        }
    }

private:
    int file_;
};

/// A tensor of the file, and the caller's memory for it.
struct place {
    std::uint64_t        offset;
    std::span<std::byte> to;
};

/// What gives memory back that malloc gave.
struct freed {
    void operator()(std::byte* memory) const { std::free(memory); }
};

using owned = std::unique_ptr<std::byte, freed>;

/// What a way made, which goes after its time is taken.
struct kept {
    std::optional<stet::mapped_checkpoint> mapped{};
    std::optional<stet::checkpoint_header> header{};
    std::vector<owned>                     memory{};
    std::vector<place>                     fresh{}; ///< in that memory, of all tensors or of none
};

class loads {
public:
    explicit loads(std::string path) : path_(std::move(path))
    {
        const plain_file         file(path_);
        std::array<std::byte, 8> length{};
        file.read(length, 0);
        file_size_ = static_cast<std::uint64_t>(::lseek(file.handle(), 0, SEEK_END));
        head_.resize(value_of(stet::header_extent(length, file_size_)));
        file.read(head_, 0);
        header_.emplace(value_of(stet::read_header(head_, file_size_)));
        to_header_.resize(head_.size());
        memory_.resize(header_->data_size() + header_->size() * gap, std::byte{1});
        std::byte* to = memory_.data();
        for (const stet::stored_tensor& tensor : *header_) {
            places_.push_back({header_->offset_in_file(tensor), {to, tensor.size()}});
            to += tensor.size() + gap;
        }
        one_ = header_->size() / 2;
        one_name_ = std::string((*header_)[one_].name);
    }

    /// Before a way's time is taken: huge pages are taken and given back for those that want them.
    void prepare(std::string_view way) const
    {
        if (way.starts_with("huge_"))
            warm(MADV_HUGEPAGE);
    }

    /// False for a way that is not known.
    bool run(std::string_view way, kept& made)
    {
        if (way == "open_floor")
            read_head(plain_file(path_));
        else if (way == "open_stet")
            made.mapped.emplace(value_of(stet::mapped_checkpoint::open(path_.c_str())));
        else if (way == "header_floor")
            std::memcpy(to_header_.data(), head_.data(), head_.size());
        else if (way == "header_stet")
            made.header.emplace(value_of(stet::read_header(head_, file_size_)));
        else if (way == "warm")
            warm(MADV_NORMAL);
        else
            return load_one(way) || load_all(way, made);
        return true;
    }

    /// Whether what a way loaded is what the file holds; the memory is then cleared for the next.
    void compare(std::string_view way, const kept& made)
    {
        if (way.starts_with("one_"))
            compare_tensor(one_, places_[one_].to);
        const std::vector<place>& all = way.starts_with("all_") ? places_ : made.fresh;
        for (std::size_t i = 0; i < all.size(); ++i)
            compare_tensor(i, all[i].to);
    }

private:
    static constexpr std::size_t gap = 16; ///< between tensors in memory, so that no read joins two

    /// The bytes before the data, as two reads.
    void read_head(const plain_file& file)
    {
        file.read(std::span(to_header_).first(8), 0);
        file.read(std::span(to_header_).subspan(8), 8);
    }

    void compare_tensor(std::size_t position, std::span<std::byte> loaded) const
    {
        std::vector<std::byte> right(loaded.size());
        plain_file(path_).read(right, places_[position].offset);
        if (!std::ranges::equal(right, loaded))
            fail("a way loaded other bytes than the file's");
        std::ranges::fill(loaded, std::byte{1});
    }

    bool load_one(std::string_view way)
    {
        const place& to = places_[one_];
        if (way == "one_floor") {
            const plain_file file(path_);
            read_head(file);
            file.read(to.to, to.offset);
        } else if (way == "one_stet") {
            const auto file = value_of(stet::file_checkpoint::open(path_.c_str()));
            const auto tensor = file.header().find(one_name_);
            if (!tensor || !file.read(*tensor, to.to))
                fail("the tensor cannot be read");
        } else if (way == "one_mapped") {
            const auto file = value_of(stet::mapped_checkpoint::open(path_.c_str()));
            const auto tensor = file.header().find(one_name_);
            if (!tensor)
                fail("the tensor is not there");
            std::memcpy(to.to.data(), file.data(*tensor).data(), to.to.size());
        } else {
            return false;
        }
        return true;
    }

    bool load_all(std::string_view way, kept& made)
    {
        static stet::worker_threads others(std::max(processors() - 1, 1U));
        constexpr std::uint64_t     request = std::uint64_t{4} << 20U; // where several are under way
        constexpr std::uint64_t     direct = std::uint64_t{64} << 10U;
        const std::string_view      into = way.substr(0, way.find('_') + 1);
        if (into == "fresh_")
            take_new_memory(made);
        else if (into == "huge_")
            take_huge_pages(made);
        else if (into != "all_")
            return false;
        const std::vector<place>& places = into == "all_" ? places_ : made.fresh;
        way.remove_prefix(into.size());
        if (way == "floor")
            read_in_turn(places);
        else if (way == "threads")
            read_by_threads(places);
        else if (way == "mapped")
            copy_mapped(places);
        else if (way == "stet")
            load_planned(places, {}, {.least_direct = direct});
        else if (way == "stet_threads")
            load_planned(places, {.max_request = request},
                         {.jobs = others.jobs(), .workers = others.size(), .least_direct = direct});
        else if (way == "stet_kernel")
            load_planned(places, {.max_request = request}, {.kernel_depth = 32, .least_direct = direct});
        else
            return false;
        return true;
    }

    /// As much memory as all tensors need, taken and given back: a machine that lends unused memory to others would else
    /// charge whoever comes upon it for getting it back.
    /// advice: what the system is told of it; huge pages cost seconds where a host has to give the memory first
    void warm(int advice) const
    {
        constexpr std::size_t page = 4096;
        const std::size_t     size = memory_.size() + places_.size() * page;
        void* const           memory =
            ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            fail("there is not as much memory");
        ::madvise(memory, size, advice);
        for (std::size_t at = 0; at < size; at += page)
            static_cast<volatile std::byte*>(memory)[at] = std::byte{1};
        ::munmap(memory, size);
    }

    void read_in_turn(const std::vector<place>& places) const
    {
        const plain_file file(path_);
        for (const place& each : places)
            file.read(each.to, each.offset);
    }

    void read_by_threads(const std::vector<place>& places) const
    {
        const plain_file         file(path_);
        std::atomic<std::size_t> next{0};
        const auto               read = [&] {
            for (std::size_t i = next++; i < places.size(); i = next++)
                file.read(places[i].to, places[i].offset);
        };
        std::vector<std::thread> threads;
        for (unsigned i = 1; i < processors(); ++i)
            threads.emplace_back(read);
        read();
        for (std::thread& thread : threads)
            thread.join();
    }

    void copy_mapped(const std::vector<place>& places) const
    {
        const plain_file file(path_);
        void* const      mapped = ::mmap(nullptr, file_size_, PROT_READ, MAP_SHARED, file.handle(), 0);
        if (mapped == MAP_FAILED)
            fail("the file cannot be mapped");
        for (const place& each : places)
            std::memcpy(each.to.data(), static_cast<const std::byte*>(mapped) + each.offset, each.to.size());
        ::munmap(mapped, file_size_);
    }

    /// Reads the header, plans the reads and makes them, as a program does that knows nothing of the file.
    void load_planned(const std::vector<place>& places, const stet::read_plans::rules& under,
                      const stet::read_plans::reading& how) const
    {
        const auto                            file = value_of(stet::file_source::open(path_.c_str()));
        const auto                            checkpoint = value_of(stet::open_checkpoint(file));
        std::vector<stet::read_plans::wanted> all;
        all.reserve(places.size());
        for (const stet::stored_tensor& tensor : checkpoint.header()) {
            all.push_back(stet::read_plans::whole(checkpoint.header(), tensor));
            all.back().to = places[all.size() - 1].to;
        }
        const auto plan = value_of(stet::read_plans::make_read_plan(all, file.size(), under));
        if (const auto read = stet::read_plans::read(plan, all, file, how); !read)
            fail(stet::message(read.error()));
    }

    /// Places for the tensors in memory that nobody has touched yet, one allocation each.
    void take_new_memory(kept& made) const
    {
        for (const place& each : places_) {
            made.memory.emplace_back(static_cast<std::byte*>(std::malloc(each.to.size())));
            made.fresh.push_back({each.offset, {made.memory.back().get(), each.to.size()}});
        }
    }

    /// Places in one block, for which the system is asked to give pages of two mebibytes.
    void take_huge_pages(kept& made) const
    {
        constexpr std::size_t huge = std::size_t{2} << 20U;
        const std::size_t     size = (header_->data_size() + huge - 1) / huge * huge;
        std::byte*            to = static_cast<std::byte*>(std::aligned_alloc(huge, size));
        made.memory.emplace_back(to);
        ::madvise(to, size, MADV_HUGEPAGE);
        for (const place& each : places_) {
            made.fresh.push_back({each.offset, {to, each.to.size()}});
            to += each.to.size();
        }
    }

    std::string                            path_;
    std::uint64_t                          file_size_ = 0;
    std::vector<std::byte>                 head_{};
    std::vector<std::byte>                 to_header_{};
    std::optional<stet::checkpoint_header> header_{};
    std::vector<std::byte>                 memory_{};
    std::vector<place>                     places_{};
    std::size_t                            one_ = 0;
    std::string                            one_name_{};
};

double processor_seconds()
{
    std::timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2)
        fail("usage: loads FILE");
    loads given(argv[1]);
    char  way[32];
    char  what[32];
    while (std::scanf("%31s %31s", way, what) == 2) {
        ::malloc_trim(0); // so that new memory is
        given.prepare(way);
        kept                                made;
        const double                        processor = processor_seconds();
        const auto                          begin = clock_type::now();
        const bool                          is_known = given.run(way, made);
        const std::chrono::duration<double> took = clock_type::now() - begin;
        const double                        used = processor_seconds() - processor;
        if (!is_known)
            fail("unknown way");
        if (std::string_view(what) == "checked")
            given.compare(way, made);
        std::printf("%.9f %.9f\n", took.count(), used);
        std::fflush(stdout);
    }
}
