package world

import (
	"cmp"
	"slices"
)

// chunkKey names a chunk of a function; poolKey a pool.
type chunkKey struct {
	function uint32
	index    int64
}

type poolKey struct {
	function uint32
	at       int64
}

// chunkAt is what a function did in one of its chunks.
func (w *World) chunkAt(f *function, index int64) *chunk {
	key := chunkKey{f.index, index}
	if c, ok := w.chunks.get(key); ok {
		return c
	}
	c := w.newChunk(f, index)
	return w.chunks.put(key, c, 4+len(c.records)+len(c.throttle)/6)
}

// chunksIn yields the chunks that overlap [from, to), in order.
func (w *World) chunksIn(f *function, from, to int64, yield func(*chunk) bool) {
	for i := floorDiv(from, f.chunk); i*f.chunk < to; i++ {
		if !yield(w.chunkAt(f, i)) {
			return
		}
	}
}

func (w *World) poolAt(f *function, b boundary) *pool {
	key := poolKey{f.index, b.at}
	if p, ok := w.pools.get(key); ok {
		return p
	}
	return w.pools.put(key, w.newPool(f, b), 1)
}

func (w *World) newChunk(f *function, index int64) *chunk {
	from, to := index*f.chunk, (index+1)*f.chunk
	var parts []*chunk
	for b := f.boundaryBefore(to - 1); ; b = f.boundaryBefore(b.at - 1) {
		p := w.poolAt(f, b)
		if p.end+f.longest <= from {
			break
		}
		parts = append(parts, w.part(p, index))
		if b.at+b.ramp+f.longest <= from {
			break // what was before it has ended
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	slices.Reverse(parts)
	return w.join(f, parts)
}

// join puts together what several pools did in the same span. They share the
// count of what runs at once.
func (w *World) join(f *function, parts []*chunk) *chunk {
	c := &chunk{from: parts[0].from, to: parts[0].to, carry: slices.Clone(parts[0].carry)}
	var running []int64 // ends of what is in flight, µs
	for i, part := range parts {
		p := part.pools[0]
		c.pools = append(c.pools, p)
		for j := range part.records {
			part.records[j].pool = uint8(i)
		}
		c.records = append(c.records, part.records...)
		c.throttle = append(c.throttle, part.throttle...)
		if i > 0 {
			for m := range c.carry {
				c.carry[m] += part.carry[m]
			}
		}
		running = append(running, w.stateAt(p, floorDiv(c.from, f.chunk)).running...)
	}
	slices.Sort(c.throttle)
	slices.SortFunc(c.records, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.minute, b.minute), cmp.Compare(a.index, b.index), cmp.Compare(a.attempt, b.attempt))
	})
	for i := range c.records {
		r := &c.records[i]
		live := running[:0]
		for _, end := range running {
			if end > r.at*1000 {
				live = append(live, end)
			}
		}
		running = append(live, r.end())
		r.busy = uint16(min(len(running), 1<<16-1))
	}
	c.settle()
	return c
}
