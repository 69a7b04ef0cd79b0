package world

import (
	"container/list"
	"sync"
)

// cache keeps what was computed last, up to a total cost. What it holds is
// never changed, and what it lost is computed again to the same bytes.
type cache[K comparable, V any] struct {
	mu    sync.Mutex
	limit int
	total int
	order *list.List // front is newest; values are *cached[K, V]
	items map[K]*list.Element
}

type cached[K comparable, V any] struct {
	key  K
	val  V
	cost int
}

func newCache[K comparable, V any](limit int) *cache[K, V] {
	return &cache[K, V]{limit: limit, order: list.New(), items: map[K]*list.Element{}}
}

func (c *cache[K, V]) get(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached[K, V]).val, true
}

// put keeps a value and returns the one that is kept: of two that were
// computed at the same time the first stays.
func (c *cache[K, V]) put(key K, v V, cost int) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[key]; ok {
		return e.Value.(*cached[K, V]).val
	}
	c.items[key] = c.order.PushFront(&cached[K, V]{key, v, cost})
	c.total += cost
	for c.total > c.limit && c.order.Len() > 1 {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached[K, V])
		delete(c.items, old.key)
		c.total -= old.cost
	}
	return v
}
