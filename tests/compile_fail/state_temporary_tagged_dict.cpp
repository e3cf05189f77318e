// SPDX-License-Identifier: MIT
// A tag does not keep a dict alive.
// expect-gcc: use of deleted function
// expect-gcc: as(const Dict&&)
// expect-clang: call to deleted function 'as'
#include <stet/state/checkpoint.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

tensor_map                         load();
stet::component<stet::role::model> component_of(const tensor_map& model);

stet::component<stet::role::model> component_of([[maybe_unused]] const tensor_map& model)
{
#ifdef STET_BREAK
    return stet::as<stet::role::model>(load());
#else
    return stet::as<stet::role::model>(model);
#endif
}
