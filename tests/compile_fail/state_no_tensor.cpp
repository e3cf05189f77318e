// SPDX-License-Identifier: MIT
// Values of a dict need stet::tensor_traits.
// expect: stet: a component must be a state dict: iterable, entries of a name (first, convertible to std::string_view) and a tensor (second, with stet::tensor_traits), stored in the dict
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

struct weight {
    float value;
};

#ifdef STET_BREAK
using tensor_map = std::map<std::string, weight>;
#else
using tensor_map = std::map<std::string, stet::tensor_view>;
#endif

stet::model_only checkpoint_of(const tensor_map& model);

stet::model_only checkpoint_of(const tensor_map& model)
{
    return stet::model_only{.model = model};
}
