// SPDX-License-Identifier: MIT
// A number that a process and its children share. POSIX only.
#ifndef STET_TESTS_SUPPORT_SHARED_COUNT_HPP
#define STET_TESTS_SUPPORT_SHARED_COUNT_HPP

#if !defined(_WIN32)

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/mman.h>

namespace support {

class shared_count {
public:
    using number = std::atomic<std::size_t>;

    shared_count()
    {
        void* const place =
            ::mmap(nullptr, sizeof(number), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED) {
            std::fputs("no memory to share with a child\n", stderr);
            std::exit(2);
        }
        value_ = new (place) number(0);
    }
    shared_count(const shared_count&) = delete;
    shared_count& operator=(const shared_count&) = delete;
    ~shared_count() { ::munmap(value_, sizeof(number)); }

    number& operator*() const noexcept { return *value_; }

private:
    number* value_ = nullptr;
};

} // namespace support

#endif

#endif
