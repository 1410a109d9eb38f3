class Shop {
	constructor(private readonly name: string) {}
}
