// SPDX-License-Identifier: MIT
// A plan borrows its dict.
// expect-gcc: use of deleted function
// expect-clang: call to deleted function 'make_plan'
#include <stet/plan/make_plan.hpp>

#include <map>
#include <string>

using tensor_map = std::map<std::string, stet::tensor_view>;

tensor_map loaded();
bool       is_sound(const tensor_map& tensors);

bool is_sound([[maybe_unused]] const tensor_map& tensors)
{
#ifdef STET_BREAK
    const auto plan = stet::make_plan(loaded());
#else
    const auto plan = stet::make_plan(tensors);
#endif
    return static_cast<bool>(plan);
}
