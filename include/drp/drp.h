/* libdrp: everything. */
#ifndef DRP_DRP_H
#define DRP_DRP_H

#include "drp/error.h"
#include "drp/library.h"
#include "drp/message.h"
#include "drp/own_method.h"
#include "drp/person.h"
#include "drp/scores.h"
#include "drp/sv.h"
#include "drp/writer.h"

#endif
