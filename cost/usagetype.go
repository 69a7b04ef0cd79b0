package cost

import "strings"

// usageType is AWS's name of what is billed, without the prefix of the region.
type usageType struct {
	name string
	item Item
	arch Arch
}

// usageTypes are the names in the AWS Price List and in Cost Explorer (Price
// List API, offers AWSLambda and AmazonCloudWatch, 2026; CloudWatch User Guide,
// "CloudWatch billing and cost").
func usageTypes() []usageType {
	return []usageType{
		{"Request-ARM", RequestPrice, ARM},
		{"Request", RequestPrice, X86},
		{"Lambda-GB-Second-ARM", ComputePrice, ARM},
		{"Lambda-GB-Second", ComputePrice, X86},
		{"Lambda-Provisioned-GB-Second-ARM", ProvisionedRunPrice, ARM},
		{"Lambda-Provisioned-GB-Second", ProvisionedRunPrice, X86},
		{"Lambda-Provisioned-Concurrency-ARM", ProvisionedPrice, ARM},
		{"Lambda-Provisioned-Concurrency", ProvisionedPrice, X86},
		{"Lambda-Storage-GB-Second-ARM", EphemeralStoragePrice, ARM},
		{"Lambda-Storage-GB-Second", EphemeralStoragePrice, X86},
		{"VendedLog-Bytes", LogIngestionPrice, ""},
		{"VendedLogIA-Bytes", LogIngestionIAPrice, ""},
	}
}

// UsageType gives AWS's name of an item, without the prefix of the region, such
// as "Lambda-GB-Second-ARM". ok is false where it is not known.
func UsageType(item Item, arch Arch) (name string, ok bool) {
	for _, u := range usageTypes() {
		if u.item == item && (u.arch == arch || u.arch == "" || arch == "" && u.arch == X86) {
			return u.name, true
		}
	}
	return "", false
}

// ParseUsageType tells what a usage type of AWS's bill or price list is, with
// or without the prefix of a region: "EUC1-Lambda-GB-Second". ok is false for
// what this package has no prices of. Lambda@Edge, and the free tier that is
// shown as "Global-Request", are not among them.
func ParseUsageType(name string) (item Item, arch Arch, ok bool) {
	for _, u := range usageTypes() {
		prefix, found := strings.CutSuffix(name, u.name)
		if found && (prefix == "" || strings.HasSuffix(prefix, "-") && !strings.Contains(strings.TrimSuffix(prefix, "-"), "-") && prefix != "Global-") {
			return u.item, u.arch, true
		}
	}
	return "", "", false
}
