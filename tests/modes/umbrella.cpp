#include <stet/stet.hpp>
