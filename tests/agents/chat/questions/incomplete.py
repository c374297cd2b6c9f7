"""Problems of our own that leave something out, each with words of the question to be asked."""

INCOMPLETE = (
    (
        "A joiner makes chairs and tables. A chair earns 30 euros and takes 2 hours, a table "
        "earns 50 euros and takes 5 hours. Labour is limited. How many of each should she "
        "make to earn the most?",
        "How much labour is there",
    ),
    (
        "A baker makes loaves and cakes. A loaf earns $4 and takes some minutes of oven time;"
        " a cake earns $7 and takes 20 minutes. The oven is free for 480 minutes. Maximize "
        "the profit.",
        "How much minutes of oven does it take|How many minutes",
    ),
    (
        "A farmer sows wheat and barley on 40 hectares. Wheat brings 300 euros a hectare, "
        "barley 220. Both need fertilizer: wheat 3 bags a hectare, barley 2. He has a limited"
        " amount of fertilizer. How should he sow to earn as much as possible?",
        "How much fertilizer is there",
    ),
    (
        "A depot sends trucks and vans. A truck carries 12 pallets and costs $200 a trip, a "
        "van carries 5 and costs $90. At least some pallets have to be delivered every day. "
        "Minimize the cost.",
        "How many pallets",
    ),
    (
        "A workshop paints toys and signs. A toy earns 6 euros, a sign earns 9 euros. A toy "
        "needs 20 ml of paint, a sign needs ??? ml. There are 4000 ml of paint. How many of "
        "each make the most money?",
        "Which number belongs there",
    ),
    (
        "A hotel buys towels and sheets. A towel costs $3, a sheet costs $8. It needs at "
        "least 100 towels and a certain number of sheets. What is the cheapest order?",
        "How many sheets",
    ),
    (
        "A mill makes flour and bran. Flour sells for 0.8 euros a kilogram, bran for 0.3. A "
        "kilogram of flour takes 1.3 kg of wheat, one of bran takes 0.4 kg. The wheat is "
        "limited, and so is the time of the mill. Maximize the revenue.",
        "How much wheat is there",
    ),
    (
        "A florist binds small and large bouquets. A small one sells for 9 euros and uses "
        "several roses, a large one sells for 20 euros and uses 14 roses. There are 300 "
        "roses. Which mix earns the most?",
        "How many roses does it use",
    ),
    (
        "A print shop prints flyers and posters. Posters earn $2 each and flyers $0.1 each. A"
        " poster takes 3 minutes, a flyer takes TBD minutes; the press runs 600 minutes. "
        "Maximize profit.",
        "Which number belongs there",
    ),
    (
        "Solar panels give 300 W and cost $180, batteries store 5 kWh and cost a certain "
        "amount of dollars. The budget is $9000. How many of each should be bought to get the"
        " most power?",
        "How many dollars does it cost",
    ),
    (
        "A dairy makes butter and cheese; butter earns 3 euros a kilo and cheese 5. A kilo of"
        " butter takes 20 litres of milk, a kilo of cheese 10. Milk is scarce. What should be"
        " made to earn the most?",
        "How much milk is there",
    ),
    (
        "We make chairs and tables out of wood. How many of each should we make to earn the most?",
        "Which numbers are there",
    ),
    (
        "Plan the shifts of our nurses so that the wages are as low as possible.",
        "Which numbers are there",
    ),
    (
        "Find the cheapest diet for my dog.",
        "Which numbers are there",
    ),
    (
        "A chair takes 2 hours and a table takes 5 hours. We have 40 hours a week. How many "
        "of each should we make?",
        "What is to be as large or as small as possible",
    ),
    (
        "A van carries 40 boxes and a truck carries 90. There are 8 drivers and 12 vehicles. "
        "Decide how many vans and trucks go out.",
        "What is to be as large or as small as possible",
    ),
    (
        "Two feeds are mixed. The first has 20 g of protein in a kilogram, the second 35 g. "
        "The mix weighs 100 kg and holds 2.6 kg of protein.",
        "What is to be as large or as small as possible",
    ),
    (
        "A chair earns $30 each and a table earns $50 each. Maximize the profit.",
        "What limits it",
    ),
    (
        "A litre of red paint costs $3 per litre, a litre of blue paint costs $4 per litre. "
        "Minimize the cost.",
        "What has to be reached at least",
    ),
    (
        "A chair earns 30 euros and takes 2 hours, a table earns 50 euros and takes 5 hours. "
        "There are 40 hours, which increase by 20 if a helper comes. Maximize the profit with"
        " a helper.",
        "20 percent, or 20 more",
    ),
    (
        "City bikes bring 80 dollars, racers 120 dollars. I only have so many hours. A city "
        "bike takes 3 hours, a racer 5. How many of each should I build to maximize profit?",
        "How many hours are there",
    ),
    (
        "Ship goods from two plants to three shops as cheaply as possible.",
        "Which numbers are there",
    ),
    (
        "We need enough vitamin C. An orange has 50 mg and costs 0.4, a lemon has 30 mg and "
        "costs 0.3. Minimize the cost.",
        "How much vitamin C is needed",
    ),
    (
        "A farm has 100 acres. Corn uses 3 units of water an acre, beans use 2. Corn earns "
        "300 an acre, beans 200. Water is limited to what the well gives. Maximize profit.",
        "How much water is there",
    ),
    (
        "Lamps take 2 hours, fans take 3 hours. Lamps earn 10, fans 12. The workers are "
        "available for a limited time. Maximize profit.",
        "How much time is there",
    ),
    (
        "Tables sell for 90 and chairs for 40. Demand for chairs is limited. Tables need 8 h,"
        " chairs 3 h; there are 120 h. Maximize the revenue.",
        "How much demand for chairs is there",
    ),
    (
        "My bakery makes muffins and scones. Muffins give me 1.5 dollars, scones 2. Sugar is "
        "in short supply. Each muffin has 30 g sugar and each scone 20 g. How many of each "
        "for the biggest profit?",
        "How much sugar is there",
    ),
    (
        "A company invests in projects A ($2m, returns $3m) and B ($4m, returns $7m). The "
        "budget is not decided yet. Maximize the return.",
        "How much budget is there",
    ),
    (
        "A gardener plants roses and tulips. A rose needs 2 litres of water a week, a tulip 1"
        " litre. He has 100 litres a week. How many of each should he plant?",
        "What is to be as large or as small as possible",
    ),
)
"""The problem, and words that the first question has; of alternatives, one."""
