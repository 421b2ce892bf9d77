// Task<T>: whatever waits is a coroutine that returns one. Rules that keep coroutines safe here: one co_await per
// statement, bound to a named local; parameters by value, or references to objects that outlive the task; no reference
// into changing state is held across a co_await.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace lakeferry {

template <typename T>
using Task = boost::asio::awaitable<T>;

}  // namespace lakeferry
