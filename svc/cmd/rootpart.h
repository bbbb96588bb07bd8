/*
 * The PARTUUID of a partition, from the table of the disk that it is on: a
 * kernel does not tell it before 6.13. A table is bytes: nothing in it decides
 * where we read but what its own format allows.
 */
#ifndef SVC_CMD_ROOTPART_H
#define SVC_CMD_ROOTPART_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Of partition `number` of an open disk whose sectors have so many bytes;
 * lower case, as Linux writes it: 8-4-4-4-12 digits of GPT, 8-2 of an MBR.
 */
bool rootpart_uuid(int disk, uint32_t sector, uint32_t number, char uuid[37]);
/* The same for a device below /dev by its name, "vda1". */
bool rootpart_uuid_of(const char *device, char uuid[37]);

#endif
