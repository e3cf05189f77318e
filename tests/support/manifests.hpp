// SPDX-License-Identifier: MIT
// Tensor lists of well-known models: names, dtypes and shapes, before and after ComfyUI saved them.
#ifndef STET_TESTS_SUPPORT_MANIFESTS_HPP
#define STET_TESTS_SUPPORT_MANIFESTS_HPP

#include "support/comfy_case.hpp"
#include "support/data_shape.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/recorded_cases.hpp"
#include "support/test_data.hpp"

#include <stet/tensor/dtype.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace support {

/// What a manifest says of a tensor. Planning looks at nothing else, so there are no bytes behind it.
struct listed_tensor {
    std::string                name;
    stet::dtype                type = stet::dtype::u8;
    std::vector<std::uint64_t> shape{};

    friend bool operator<(const listed_tensor& a, const listed_tensor& b) noexcept
    {
        return std::tie(a.name, a.type, a.shape) < std::tie(b.name, b.type, b.shape);
    }
};
using tensor_list = std::vector<listed_tensor>;

/// A list that is as `manifest_shape` wants it; empty for a null.
inline tensor_list parse_list(const json_value& from)
{
    tensor_list list;
    for (const json_value& entry : from.items()) {
        const auto    fields = entry.items();
        listed_tensor tensor{.name = std::string(fields[0].text()),
                             .type = stet::dtype_named(fields[1].text()).value()};
        for (const json_value& axis : fields[2].items())
            tensor.shape.push_back(axis.integer().value_or(0));
        list.push_back(std::move(tensor));
    }
    return list;
}

inline data_shape manifest_shape()
{
    const data_shape list =
        data_shape::list_of({"a tensor as [name, dtype, [shape]]", [](const json_value& value) {
                                 const auto fields = value.items();
                                 return fields.size() == 3 && fields[0].string() != nullptr &&
                                        stet::dtype_named(fields[1].text()) &&
                                        counts().complaint(fields[2], "").empty();
                             }});
    return data_shape::object({{"name", a_text()},
                               {"family", a_text()},
                               {"model_type", a_model_type()},
                               {"node", a_text()},
                               {"components", data_shape::object({{"model?", list.or_null()},
                                                                  {"clip?", list.or_null()},
                                                                  {"vae?", list.or_null()},
                                                                  {"clip_vision?", list.or_null()}})},
                               {"saved", list}});
}

/// Calls `check` with each manifest that is whole; prints when there is no folder, and fails for what is not whole and
/// for a folder without any.
/// returns: how many were checked
template <class Check>
std::size_t each_manifest(Check check)
{
    constexpr std::string_view folder = "manifests";
    if (!found_test_data(folder))
        return 0;
    std::size_t count = 0;
    const auto  paths = files_in(test_data(folder), ".json");
    for (const auto& path : paths) {
        const std::string relative = std::string(folder) + "/" + path.filename().string();
        INFO(relative);
        const auto manifest = read_json(relative);
        if (!manifest)
            continue;
        if (const auto wrong = manifest_shape().complaint(*manifest, relative); !wrong.empty()) {
            FAIL_CHECK(wrong);
            continue;
        }
        check(*manifest);
        ++count;
    }
    if (paths.empty())
        FAIL_CHECK(folder << " holds no case");
    return count;
}

} // namespace support

#endif
