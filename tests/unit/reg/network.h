/* network.h: one IMS network, as a configuration would give it. */
#pragma once
#include "config/ims_config.h"

static inline void network_init(ims_network *network)
{
	*network = (ims_network){
		.name = (char *)"lab",
		.domain = (char *)"ims.example",
		.entry_uri = (char *)"sip:198.51.100.7:4060",
		.visited_network_id = (char *)"visited.example",
		.visited_network_name = (char *)"visited.example",
		.integrity_quoted = TRUE,
		.register_expires_s = 600000,
		.max_answers = 2,
		.feature_tags = g_ptr_array_new(),
		.emergency_numbers = g_ptr_array_new(),
		.codecs = g_ptr_array_new(),
		.video_codecs = g_ptr_array_new(),
		.video_kbps = 1500,
	};
	g_ptr_array_add(network->video_codecs, (char *)"H264");
}

static inline void network_clear(ims_network *network)
{
	g_ptr_array_unref(network->feature_tags);
	g_ptr_array_unref(network->emergency_numbers);
	g_ptr_array_unref(network->codecs);
	g_ptr_array_unref(network->video_codecs);
}
