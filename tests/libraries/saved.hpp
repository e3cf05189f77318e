// SPDX-License-Identifier: MIT
// A dict of another library's tensors, saved to a file and read back by a reader that shares nothing with stet.
#ifndef STET_TESTS_LIBRARIES_SAVED_HPP
#define STET_TESTS_LIBRARIES_SAVED_HPP

#include "support/parsed_checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <stet/stet.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace libraries {

using as_named = stet::prefix_layout<stet::under<stet::role::model, "">>;

/// The file of a dict, which is a model named as it is.
template <class Dict>
support::parsed_checkpoint saved(const Dict& dict)
{
    const support::scratch_directory folder;
    const std::string                path = folder.path() + "/model.safetensors";
    const auto done = stet::save(stet::model_only{.model = dict}, as_named{}, stet::exact_path{path});
    INFO((done ? std::string() : stet::message(done.error())));
    REQUIRE(done);
    auto parsed = support::parse_checkpoint(folder.content("model.safetensors"));
    REQUIRE(parsed);
    return *std::move(parsed);
}

/// The tensor of that name, or an empty one after a failed check.
inline const support::parsed_tensor& tensor(const support::parsed_checkpoint& file, const std::string& name)
{
    static const support::parsed_tensor none;
    const support::parsed_tensor* const found = file.find(name);
    CHECK(found != nullptr);
    return found != nullptr ? *found : none;
}

template <class Element>
std::vector<Element> values(const support::parsed_checkpoint& file, const std::string& name)
{
    static_assert(std::endian::native == std::endian::little);
    const std::string&   bytes = tensor(file, name).bytes;
    std::vector<Element> all(bytes.size() / sizeof(Element));
    CHECK(bytes.size() == all.size() * sizeof(Element));
    if (!all.empty())
        std::memcpy(all.data(), bytes.data(), all.size() * sizeof(Element));
    return all;
}

} // namespace libraries

#endif
