#include "bridge/internal.h"

const sipws_handle_events sipws_line_events = { 0 };
