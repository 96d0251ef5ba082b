#include "drp/library.h"

#include "base/banned.h"

const char *drp_version(void)
{
    return DRP_VERSION;
}
