// Every header, against the order a reader would choose, and each a second time.
#include "all_headers.hpp"
