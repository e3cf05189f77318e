// SPDX-License-Identifier: MIT
// A checkpoint is an aggregate that lists its components.
// expect-gcc: constraints not satisfied
// expect-gcc: checkpoint_kind
// expect-clang: does not satisfy 'checkpoint_kind'
#include <stet/families/layouts.hpp>
#include <stet/plan/make_plan.hpp>

#include <map>
#include <string>

#ifdef STET_BREAK
using checkpoint = std::map<std::string, stet::tensor_view>;
#else
using checkpoint = stet::model_only;
#endif

stet::result<stet::plan> plan_of(const checkpoint& given);

stet::result<stet::plan> plan_of(const checkpoint& given)
{
    return stet::make_plan(given, stet::layouts::generic{});
}
