// SPDX-License-Identifier: MIT
// A dict that is gone before the save would leave the checkpoint with nothing.
// expect-gcc: use of deleted function
// expect-gcc: component<Role>::component(const Dict&&)
// expect-clang: invokes a deleted function
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

tensor_map       load();
stet::model_only checkpoint_of(const tensor_map& model);

stet::model_only checkpoint_of([[maybe_unused]] const tensor_map& model)
{
#ifdef STET_BREAK
    return stet::model_only{.model = load()};
#else
    return stet::model_only{.model = model};
#endif
}
