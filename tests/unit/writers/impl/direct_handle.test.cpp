// SPDX-License-Identifier: MIT
#include "support/faulty_file_system.hpp"
#include "support/open_descriptors.hpp"
#include "support/scratch_directory.hpp"

#include <stet/file/folder.hpp>
#include <stet/writers/impl/direct_handle.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstddef>

using stet::detail::direct_handle;
using support::faulty_file_system;
using support::file_call;

TEST_CASE("a second handle of a part file is closed with its object, and none where there is no such way")
{
    const support::scratch_directory here;
    const std::size_t                before = support::open_descriptors();
    faulty_file_system               faulty;
    {
        const auto in = *stet::folder::open(faulty.calls(), here.path());
        const auto part = *stet::part_file::create(in, "x.part", "x");
        {
            const std::size_t   with_part = support::open_descriptors();
            const direct_handle direct(part);
            CHECK(support::open_descriptors() == with_part + (direct.is_open() ? 1U : 0U));
            if (direct.is_open())
                CHECK(direct.value() != part.handle());
        }
        faulty.fail_each(file_call::open_direct, EINVAL);
        const std::size_t   with_part = support::open_descriptors();
        const direct_handle none(part);
        CHECK_FALSE(none.is_open());
        CHECK(support::open_descriptors() == with_part);
    }
    CHECK(support::open_descriptors() == before);
}
