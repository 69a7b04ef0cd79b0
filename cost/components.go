package cost

import "iter"

// Components is an amount of money by what it is paid for. The components add
// up to the total exactly. An unknown component makes the total unknown.
type Components struct {
	Requests USD `json:"requests"`
	// Compute is the billed duration of handlers, on demand and on provisioned
	// concurrency.
	Compute USD `json:"compute"`
	// Init is the billed duration of init phases and of SnapStart restores,
	// which cost as much a GB-second as handlers do.
	Init USD `json:"init"`
	// EphemeralStorage is the storage above the 512 MB that are included.
	EphemeralStorage USD `json:"ephemeral_storage"`
	// Provisioned is the provisioned concurrency kept ready; what runs on it
	// is in Compute.
	Provisioned USD `json:"provisioned"`
	// SnapStart is the caching of snapshots and the charge of each restore.
	SnapStart    USD `json:"snapstart"`
	LogIngestion USD `json:"logs_ingestion"`
	// FreeTier is what the free tier takes off: negative or nothing.
	FreeTier USD `json:"free_tier"`
	// ResponseStreaming is the data streamed beyond the first 6 MB of each
	// response. It is left out of JSON when there is none.
	ResponseStreaming USD `json:"response_streaming,omitzero"`
}

// Total gives the sum of all components. It is unknown when one of them is.
func (c Components) Total() USD {
	var total USD
	for _, amount := range c.All() {
		total = total.Add(amount)
	}
	return total
}

// Add gives the sums of the components of c and d, one by one.
func (c Components) Add(d Components) Components {
	mine, other := fields(&c), fields(&d)
	for i := range mine {
		*mine[i].amount = mine[i].amount.Add(*other[i].amount)
	}
	return c
}

// Sub gives the differences of the components of c and d, one by one.
func (c Components) Sub(d Components) Components {
	mine, other := fields(&c), fields(&d)
	for i := range mine {
		*mine[i].amount = mine[i].amount.Sub(*other[i].amount)
	}
	return c
}

// All yields each component by its JSON name, in a fixed order.
func (c Components) All() iter.Seq2[string, USD] {
	return func(yield func(string, USD) bool) {
		for _, f := range fields(&c) {
			if !yield(f.name, *f.amount) {
				return
			}
		}
	}
}

type component struct {
	name   string
	amount *USD
}

// fields gives the components in the order they are shown in.
func fields(c *Components) [9]component {
	return [...]component{
		{"requests", &c.Requests},
		{"compute", &c.Compute},
		{"init", &c.Init},
		{"ephemeral_storage", &c.EphemeralStorage},
		{"provisioned", &c.Provisioned},
		{"snapstart", &c.SnapStart},
		{"logs_ingestion", &c.LogIngestion},
		{"free_tier", &c.FreeTier},
		{"response_streaming", &c.ResponseStreaming},
	}
}
